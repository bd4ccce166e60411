import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { unprocessable } from '@reseller/runtime';
import { gatewayError } from '../razorpay/gateway-result.js';
import { RazorpayGateway } from '../razorpay/razorpay-gateway.js';
import { CapturePayment } from './capture-payment.js';
import { findByRazorpayPayment, findHolder } from './payment.repository.js';
import { mismatchOf } from './payment.js';

/** An administrator names the Razorpay payment that paid an order: Razorpay is asked, and must agree in everything. */
@Injectable()
export class AttachPayment {
  constructor(
    private readonly database: Database,
    private readonly gateway: RazorpayGateway,
    private readonly capturePayment: CapturePayment,
  ) {}

  /** @throws 422 where it is not captured, or not of this order and amount; 502 or 503 where Razorpay refuses or is silent. */
  async execute({ orderId, razorpayPaymentId }: { orderId: string; razorpayPaymentId: string }): Promise<string> {
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
