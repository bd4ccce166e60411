import { Inject, Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, unprocessable, type Clock } from '@reseller/runtime';
import { gatewayError } from '../razorpay/gateway-result.js';
import type { GatewayPayment } from '../razorpay/razorpay-entities.js';
import { RazorpayGateway } from '../razorpay/razorpay-gateway.js';
import { CapturePayment } from './capture-payment.js';
import { findByRazorpayPayment, findHolder } from './payment.repository.js';
import { mismatchOf, type Payment } from './payment.js';

export interface AttachPaymentCommand {
  readonly orderId: string;
  readonly razorpayPaymentId: string;
  readonly actorId: string;
}

/** An administrator names the Razorpay payment that paid an order: Razorpay is asked, and must agree in everything. */
@Injectable()
export class AttachPayment {
  constructor(
    private readonly database: Database,
    private readonly gateway: RazorpayGateway,
    private readonly capturePayment: CapturePayment,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 422 where it is not captured, or not of this order and amount; 502 or 503 where Razorpay refuses or is silent. */
  async execute({ orderId, razorpayPaymentId, actorId }: AttachPaymentCommand): Promise<string> {
    const asked = await this.gateway.fetchPayment(razorpayPaymentId);
    if (asked.kind === 'rejected') {
      throw unprocessable('PAYMENT_NOT_FOUND', 'Razorpay knows no such payment.', { razorpayPaymentId });
    }
    if (asked.kind !== 'ok') throw gatewayError(asked);
    const fact = asked.value;
    const holder = fact.orderId === null ? undefined : await findHolder(this.database, fact.orderId);
    if (holder === undefined || holder.subjectId !== orderId) {
      throw unprocessable('PAYMENT_OF_ANOTHER_ORDER', 'This payment was not made for this order.', {
        razorpayPaymentId,
      });
    }
    if (!fact.isCaptured) {
      throw unprocessable('PAYMENT_NOT_CAPTURED', 'This payment was not captured.', { status: fact.status });
    }
    const mismatch = mismatchOf(holder, fact);
    if (mismatch !== null) throw unprocessable('AMOUNT_MISMATCH', mismatch);
    await this.database.sqlTransaction((tx) =>
      appendToOutbox(tx, [attachment(holder, fact, actorId, this.clock.now())]),
    );
    await this.capturePayment.execute(fact);
    const attached = await findByRazorpayPayment(this.database, razorpayPaymentId);
    if (attached?.settles !== true) {
      throw unprocessable('ORDER_NOT_PAYABLE', 'This payment does not settle the order: it goes back.', {
        razorpayPaymentId,
      });
    }
    return attached.id;
  }
}

function attachment(payment: Payment, fact: GatewayPayment, actorId: string, now: Date) {
  return adminAction({
    actorId,
    action: 'PAYMENT_ATTACHED',
    subjectType: 'order',
    subjectId: payment.subjectId,
    before: { status: payment.status },
    after: { paymentId: payment.id, razorpayPaymentId: fact.id, amountPaise: Number(fact.amountPaise) },
    businessId: payment.businessId,
    occurredAt: now,
  });
}
