import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, type Logger } from '@reseller/runtime';
import { CONFIG, type PaymentServiceConfig } from '../payment-service.config.js';
import { gatewayError } from '../razorpay/gateway-result.js';
import type { GatewayPayment } from '../razorpay/razorpay-entities.js';
import { RazorpayGateway } from '../razorpay/razorpay-gateway.js';
import { findAuthorized } from './authorized-attempt.repository.js';
import { CaptureAuthorized } from './capture-authorized.js';
import { closeUnlessSettled, openQuestion } from './closing.repository.js';
import { RecordGatewayPayment } from './record-gateway-payment.js';

export type UnpaidAnswer = { readonly unpaid: true } | { readonly unpaid: false; readonly paymentId: string };

/**
 * The order service wants to let an unpaid order expire. Where a Razorpay order exists, Razorpay is asked: our own rows
 * only know what a webhook has told. What was captured there is captured here and the order lives; else the order is closed
 * for payment, in one statement that changes nothing where a capture came in between, and what still comes later goes back.
 */
@Injectable()
export class ConfirmUnpaid {
  constructor(
    private readonly database: Database,
    private readonly gateway: RazorpayGateway,
    private readonly recordGatewayPayment: RecordGatewayPayment,
    private readonly captureAuthorized: CaptureAuthorized,
    @Inject(CONFIG) private readonly config: PaymentServiceConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws 503 where Razorpay cannot be asked: the order waits. */
  async execute(orderId: string, reason: string): Promise<UnpaidAnswer> {
    const { settlingPaymentId, isClosed, razorpayOrderIds } = await openQuestion(this.database, orderId);
    if (settlingPaymentId !== null) return { unpaid: false, paymentId: settlingPaymentId };
    if (isClosed) return { unpaid: true };
    for (const razorpayOrderId of razorpayOrderIds) {
      const heldBy = await this.askAbout(razorpayOrderId);
      if (heldBy !== null) return { unpaid: false, paymentId: heldBy };
    }
    if (await closeUnlessSettled(this.database, orderId, reason)) return { unpaid: true };
    // Only a capture keeps an order from being closed.
    return this.execute(orderId, reason);
  }

  /** Brings what Razorpay has for an order into our rows. @returns the payment for which money is held, uncaptured. */
  private async askAbout(razorpayOrderId: string): Promise<string | null> {
    const asked = await this.gateway.paymentsOfOrder(razorpayOrderId);
    if (asked.kind !== 'ok') {
      this.logger.warn({ razorpayOrderId, outcome: asked }, 'Razorpay cannot say whether an order was paid');
      throw gatewayError(asked);
    }
    // Captured ones first: they decide, whatever else was tried.
    for (const fact of asked.value.filter(({ isCaptured }) => isCaptured))
      await this.recordGatewayPayment.execute(fact);
    for (const fact of asked.value.filter(({ status }) => status === 'authorized')) {
      const heldBy = await this.takeAuthorized(fact);
      if (heldBy !== null) return heldBy;
    }
    return null;
  }

  private async takeAuthorized(fact: GatewayPayment): Promise<string | null> {
    await this.recordGatewayPayment.execute(fact);
    const attempt = await findAuthorized(this.database, fact.id);
    if (attempt === undefined || !attempt.isWanted) return null;
    // An administrator decides whether to take it: until then the order waits.
    if (this.config.PAYMENT_CAPTURE === 'manual') return attempt.paymentId;
    const outcome = await this.captureAuthorized.execute(attempt);
    if (outcome.kind === 'not-known') throw gatewayError(outcome.failure);
    return null;
  }
}
