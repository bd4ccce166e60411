import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { CONFIG, type PaymentServiceConfig } from '../payment-service.config.js';
import type { Finding } from './finding.js';
import { ReconcileOrder } from './reconcile-order.js';
import { addToDay } from './reconciliation-run.repository.js';
import { claimDueReconciliations, type DueReconciliation } from './reconciliation.repository.js';

const BATCH_PAYMENTS = 10;

/**
 * A webhook may never come, and Razorpay's lists lag; what an order's own payments are, it always says. So every Razorpay
 * order that was not paid is asked about at doubling intervals for five days, the time in which a failed payment may
 * still be captured, whether its order is still open or not: what came too late goes back. What is found is added to the
 * day's report of the business.
 */
@Injectable()
export class ReconcilePayments extends ServiceJob {
  constructor(
    private readonly database: Database,
    private readonly reconcileOrder: ReconcileOrder,
    @Inject(CONFIG) private readonly config: PaymentServiceConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super('reconcile-payments', config.PAYMENT_JOBS_INTERVAL, logger);
  }

  /** @returns how many Razorpay orders were asked about. */
  async execute(): Promise<number> {
    const due = await claimDueReconciliations(this.database, BATCH_PAYMENTS, this.config.PAYMENT_RECONCILE_AFTER);
    await Promise.all(due.map((order) => this.work(order)));
    return due.length;
  }

  /** Written as soon as it is found: what is repaired by then is not found again. */
  private async work(order: DueReconciliation): Promise<void> {
    const findings = await this.ask(order);
    await addToDay(this.database, { businessId: order.businessId, checked: 1, findings });
  }

  private async ask(order: DueReconciliation): Promise<readonly Finding[]> {
    const findings = await this.reconcileOrder.execute(order);
    const unanswered = findings.find(({ outcome }) => outcome === 'NOT_ASKED');
    if (unanswered !== undefined) {
      const { paymentId, detail } = unanswered;
      this.logger.warn({ paymentId, detail }, 'Razorpay cannot be asked about an order, it is asked again later');
    }
    return findings;
  }
}
