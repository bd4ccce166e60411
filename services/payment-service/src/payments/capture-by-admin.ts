import { Inject, Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, conflict, type Clock } from '@reseller/runtime';
import { gatewayError } from '../razorpay/gateway-result.js';
import { findAuthorizedOf, type AuthorizedAttempt } from './authorized-attempt.repository.js';
import { CaptureAuthorized } from './capture-authorized.js';
import { findPayment } from './payment.repository.js';
import type { Payment } from './payment.js';

/** An administrator takes money that was authorized, where that is not done by itself (`PAYMENT_CAPTURE=manual`). */
@Injectable()
export class CaptureByAdmin {
  constructor(
    private readonly database: Database,
    private readonly captureAuthorized: CaptureAuthorized,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 409 where nothing is authorized or wanted, 503 where Razorpay does not say what came of it */
  async execute(payment: Payment, actorId: string): Promise<Payment> {
    if (payment.capturedAt !== null) throw conflict('PAYMENT_ALREADY_CAPTURED', 'This payment was captured already.');
    const attempt = await findAuthorizedOf(this.database, payment.id);
    if (attempt === undefined) throw conflict('PAYMENT_NOT_AUTHORIZED', 'There is no authorized payment to capture.');
    // Before the money moves: whatever happens then, it is known who wanted it.
    await this.database.sqlTransaction((tx) =>
      appendToOutbox(tx, [requested(payment, attempt, actorId, this.clock.now())]),
    );
    const outcome = await this.captureAuthorized.execute(attempt);
    if (outcome.kind === 'not-known') throw gatewayError(outcome.failure);
    if (outcome.kind === 'left-to-lapse') {
      throw conflict('ORDER_NOT_PAYABLE', 'The order does not wait for this money any more: it is not captured.');
    }
    return (await findPayment(this.database, payment.id)) ?? payment;
  }
}

function requested(
  payment: Payment,
  { razorpayPaymentId, amountPaise }: AuthorizedAttempt,
  actorId: string,
  now: Date,
) {
  return adminAction({
    actorId,
    action: 'PAYMENT_CAPTURE_REQUESTED',
    subjectType: 'payment',
    subjectId: payment.id,
    before: { status: payment.status },
    after: { razorpayPaymentId, amountPaise: Number(amountPaise) },
    businessId: payment.businessId,
    occurredAt: now,
  });
}
