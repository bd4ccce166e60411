import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { conflict, invalid, LOGGER, unprocessable, type Logger } from '@reseller/runtime';
import { CONFIG, type PaymentServiceConfig } from '../payment-service.config.js';
import type { GatewayPayment } from '../razorpay/razorpay-entities.js';
import { RazorpayGateway } from '../razorpay/razorpay-gateway.js';
import { isCheckoutSignature, type CheckoutClaim } from '../razorpay/signatures.js';
import { findAuthorized } from './authorized-attempt.repository.js';
import { CaptureAuthorized } from './capture-authorized.js';
import { paymentNotFound } from './payment-access.js';
import { findByRazorpayPayment, findHolder, findPayment, markProcessing } from './payment.repository.js';
import type { Payment } from './payment.js';
import { RecordGatewayPayment } from './record-gateway-payment.js';

/**
 * Checkout says that it was paid. The signature proves that Razorpay made this payment for this order of ours; whether the
 * money is there, only Razorpay can say, so it is asked, and a capture goes through the same step as the webhook. If
 * Razorpay cannot be reached the payment is PROCESSING, and the webhook or reconciliation finishes it.
 */
@Injectable()
export class VerifyPayment {
  constructor(
    private readonly database: Database,
    private readonly gateway: RazorpayGateway,
    private readonly recordGatewayPayment: RecordGatewayPayment,
    private readonly captureAuthorized: CaptureAuthorized,
    @Inject(CONFIG) private readonly config: PaymentServiceConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * The same answer however often it is asked; a payment that does not settle is recorded, and is no success.
   *
   * @param orderRef the order that the client believes was paid, by id or number
   * @throws 400 INVALID_SIGNATURE, 404 PAYMENT_NOT_FOUND, 422 ORDER_MISMATCH | PAYMENT_INTEGRITY_FAILED, 409 ORDER_NOT_PAYABLE
   */
  async execute(claim: CheckoutClaim, orderRef?: string): Promise<Payment> {
    const holder = await findHolder(this.database, claim.razorpayOrderId);
    this.requireSignature(claim, holder);
    if (holder === undefined) throw paymentNotFound();
    requireOrder(holder, orderRef);
    const known = await this.finished(holder, claim.razorpayPaymentId);
    if (known !== undefined) return settling(known);

    const asked = await this.gateway.fetchPayment(claim.razorpayPaymentId);
    if (asked.kind === 'ok') await this.record(asked.value, claim);
    else {
      this.logger.warn({ paymentId: holder.id, outcome: asked }, 'Razorpay cannot confirm a payment yet');
      await markProcessing(this.database, holder.id, claim.razorpayPaymentId);
    }
    const recorded = await this.finished(holder, claim.razorpayPaymentId);
    return recorded === undefined ? this.latest(holder) : settling(recorded);
  }

  /** With our order id, from the database, where there is one: a signature over another order proves nothing here. */
  private requireSignature(claim: CheckoutClaim, holder: Payment | undefined): void {
    const razorpayOrderId = holder?.razorpayOrderId ?? claim.razorpayOrderId;
    if (isCheckoutSignature({ ...claim, razorpayOrderId }, this.config.RAZORPAY_KEY_SECRET)) return;
    const { razorpayPaymentId } = claim;
    this.logger.warn(
      { security: 'invalid-checkout-signature', razorpayOrderId, razorpayPaymentId },
      'forged checkout signature',
    );
    throw invalid('INVALID_SIGNATURE', 'The payment signature is not valid.');
  }

  private async record(fact: GatewayPayment, claim: CheckoutClaim): Promise<void> {
    await this.recordGatewayPayment.execute(fact, { razorpayOrderId: claim.razorpayOrderId });
    if (fact.status !== 'authorized' || this.config.PAYMENT_CAPTURE === 'manual') return;
    const attempt = await findAuthorized(this.database, fact.id);
    // What cannot be taken now is taken by the job.
    if (attempt !== undefined) await this.captureAuthorized.execute(attempt);
  }

  /** The payment that this Razorpay payment was captured as: perhaps a second capture with a row of its own. */
  private async finished(holder: Payment, razorpayPaymentId: string): Promise<Payment | undefined> {
    if (holder.capturedAt !== null && holder.razorpayPaymentId === razorpayPaymentId) return holder;
    const payment = await findByRazorpayPayment(this.database, razorpayPaymentId);
    return payment?.capturedAt == null ? undefined : payment;
  }

  private async latest(holder: Payment): Promise<Payment> {
    return (await findPayment(this.database, holder.id)) ?? holder;
  }
}

/** A true payment of one order must not pass for the payment of another. */
function requireOrder({ subjectId, snapshot }: Payment, orderRef: string | undefined): void {
  if (orderRef === undefined || orderRef === subjectId || orderRef === snapshot.orderNumber) return;
  throw unprocessable('ORDER_MISMATCH', 'This payment was made for another order.');
}

/** Clients take any 2xx for "paid": money that came in and goes back is a refusal that says so. */
function settling(payment: Payment): Payment {
  if (payment.settles) return payment;
  const details = { paymentId: payment.id, orderId: payment.subjectId };
  if (payment.status === 'INTEGRITY_FAILED') {
    const message = 'What was paid is not what the order costs. The order is not paid, and the money goes back.';
    throw unprocessable('PAYMENT_INTEGRITY_FAILED', message, details);
  }
  throw conflict(
    'ORDER_NOT_PAYABLE',
    'The order did not wait for this payment any more. The money goes back.',
    details,
  );
}
