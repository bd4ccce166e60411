import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { CONFIG, type PaymentServiceConfig } from '../payment-service.config.js';
import { lockPayment } from '../payments/payment.repository.js';
import type { GatewayResult, Rejected } from '../razorpay/gateway-result.js';
import type { GatewayRefund } from '../razorpay/razorpay-entities.js';
import { RazorpayGateway } from '../razorpay/razorpay-gateway.js';
import { ApplyGatewayRefund, RefundExceedsPayment } from './apply-gateway-refund.js';
import { claimDueRefunds, findRefund, tryAgain, type DueRefund } from './refund.repository.js';
import { idempotencyKeyOf, notesOf, outageDelayMs, refusal } from './refund.js';

const BATCH_REFUNDS = 10;

/**
 * Carries out what is owed. A refund is leased, Razorpay is called outside any transaction with the refund's idempotency
 * key, and what it says goes through the one step that webhooks use too. Dying after the call costs nothing: the next
 * holder of the lease sends the same request under the same key and gets the same refund.
 */
@Injectable()
export class ProcessRefunds extends ServiceJob {
  constructor(
    private readonly database: Database,
    private readonly gateway: RazorpayGateway,
    private readonly applyGatewayRefund: ApplyGatewayRefund,
    @Inject(CONFIG) config: PaymentServiceConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super('process-refunds', config.PAYMENT_JOBS_INTERVAL, logger);
  }

  /** @returns how many refunds were worked. */
  override async execute(): Promise<number> {
    const due = await claimDueRefunds(this.database, BATCH_REFUNDS);
    await Promise.all(due.map((refund) => this.workAlone(refund)));
    return due.length;
  }

  /** One that fails holds up no other: it comes again when its lease has ended. */
  private async workAlone(refund: DueRefund): Promise<void> {
    try {
      await this.work(refund);
    } catch (error) {
      this.logger.error({ err: error, refundId: refund.id }, 'a refund was not worked, it will be again');
    }
  }

  private async work(refund: DueRefund): Promise<void> {
    const result = await this.askRazorpay(refund);
    switch (result.kind) {
      case 'ok':
        await this.applyGatewayRefund.execute(result.value);
        return;
      case 'rejected':
        return this.recordRefusal(refund, result);
      case 'unknown-outcome':
      case 'unavailable':
        this.logger.warn({ refundId: refund.id, outcome: result }, 'a refund will be asked for again');
        return tryAgain(this.database, refund.id, { afterMs: outageDelayMs(refund.tries), lastError: result.detail });
    }
  }

  private askRazorpay(refund: DueRefund): Promise<GatewayResult<GatewayRefund>> {
    const { status, razorpayPaymentId, razorpayRefundId } = refund;
    if (status === 'PENDING' && razorpayRefundId !== null) return this.gateway.fetchRefund(razorpayRefundId);
    if (razorpayPaymentId === null) throw new Error('a refund through Razorpay is of a Razorpay payment');
    return this.gateway.refund({
      paymentId: razorpayPaymentId,
      amountPaise: refund.amountPaise,
      idempotencyKey: idempotencyKeyOf(refund),
      notes: notesOf(refund),
    });
  }

  /**
   * Razorpay says no. Perhaps because the dashboard gave the money back and its webhook was lost: so what it has is looked
   * at first, and only a refund that is still owed then counts the refusal.
   */
  private async recordRefusal(refund: DueRefund, refused: Rejected): Promise<void> {
    const reason = refused.description === '' ? refused.code : `${refused.code}: ${refused.description}`;
    if (!(await this.applyWhatRazorpayHas(refund))) {
      return tryAgain(this.database, refund.id, { afterMs: outageDelayMs(refund.tries), lastError: reason });
    }
    await this.database.sqlTransaction(async (tx) => {
      const locked = await lockPayment(tx, refund.paymentId);
      const current = await findRefund(tx, refund.id);
      if (locked === undefined || current === undefined) return;
      if (current.status !== 'REQUESTED' && current.status !== 'FAILED_RETRYING') return;
      // A new key only where nothing can have come of the old one.
      const failure = { change: refusal(current), reason, newRound: current.tries === 1 };
      await this.applyGatewayRefund.fail(tx, locked, current, failure);
    });
  }

  private async applyWhatRazorpayHas({ razorpayPaymentId }: DueRefund): Promise<boolean> {
    const made = await this.gateway.refundsOfPayment(razorpayPaymentId ?? '');
    if (made.kind !== 'ok') return false;
    for (const fact of made.value) {
      try {
        await this.applyGatewayRefund.execute(fact);
      } catch (error) {
        // Reconciliation reports it; this refund's own refusal counts all the same.
        if (!(error instanceof RefundExceedsPayment)) throw error;
        this.logger.error({ err: error, paymentId: fact.paymentId }, 'Razorpay gave back more than our books hold');
      }
    }
    return true;
  }
}
