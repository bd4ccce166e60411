import { Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { conflict } from '@reseller/runtime';
import { gatewayError } from '../razorpay/gateway-result.js';
import { findAuthorizedOf } from './authorized-attempt.repository.js';
import { CaptureAuthorized } from './capture-authorized.js';
import { paymentFact } from './payment-events.js';
import { findPayment } from './payment.repository.js';
import type { Payment } from './payment.js';

/** An administrator takes money that was authorized, where that is not done by itself (`PAYMENT_CAPTURE=manual`). */
@Injectable()
export class CaptureByAdmin {
  constructor(
    private readonly database: Database,
    private readonly captureAuthorized: CaptureAuthorized,
  ) {}

  /** @throws 409 where nothing is authorized or wanted, 503 where Razorpay does not say what came of it */
  async execute(payment: Payment, actorId: string): Promise<Payment> {
    if (payment.capturedAt !== null) throw conflict('PAYMENT_ALREADY_CAPTURED', 'This payment was captured already.');
    const attempt = await findAuthorizedOf(this.database, payment.id);
    if (attempt === undefined) throw conflict('PAYMENT_NOT_AUTHORIZED', 'There is no authorized payment to capture.');
    const outcome = await this.captureAuthorized.execute(attempt);
    if (outcome.kind === 'not-known') throw gatewayError(outcome.failure);
    if (outcome.kind === 'left-to-lapse') {
      throw conflict('ORDER_NOT_PAYABLE', 'The order does not wait for this money any more: it is not captured.');
    }
    const captured = (await findPayment(this.database, payment.id)) ?? payment;
    await this.database.sqlTransaction((tx) => appendToOutbox(tx, [captureRecorded(payment, captured, actorId)]));
    return captured;
  }
}

function captureRecorded(before: Payment, after: Payment, actorId: string) {
  return adminAction({
    actorId,
    action: 'PAYMENT_CAPTURED',
    subjectType: 'payment',
    subjectId: after.id,
    before: { status: before.status },
    after: { status: after.status, ...paymentFact(after) },
    businessId: after.businessId,
    occurredAt: after.updatedAt,
  });
}
