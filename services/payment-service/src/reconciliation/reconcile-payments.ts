import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, PeriodicJob, type Logger } from '@reseller/runtime';
import { CONFIG, type PaymentServiceConfig } from '../payment-service.config.js';
import { RecordGatewayPayment } from '../payments/record-gateway-payment.js';
import { RazorpayGateway } from '../razorpay/razorpay-gateway.js';
import { ApplyGatewayRefund } from '../refunds/apply-gateway-refund.js';
import { claimDueReconciliations, type DueReconciliation } from './reconciliation.repository.js';

const BATCH_PAYMENTS = 10;

/**
 * A webhook may never come, and Razorpay's lists lag; what an order's own payments are, it always says. So every Razorpay
 * order that was not paid is asked about at doubling intervals for five days, the time in which a failed payment may
 * still be captured, whether its order is still open or not: what came too late goes back.
 */
@Injectable()
export class ReconcilePayments implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly job: PeriodicJob;

  constructor(
    private readonly database: Database,
    private readonly gateway: RazorpayGateway,
    private readonly recordGatewayPayment: RecordGatewayPayment,
    private readonly applyGatewayRefund: ApplyGatewayRefund,
    @Inject(CONFIG) private readonly config: PaymentServiceConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.job = new PeriodicJob('reconcile-payments', config.PAYMENT_JOBS_INTERVAL, () => this.execute(), logger);
  }

  onApplicationBootstrap(): void {
    this.job.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.job.stop();
  }

  /** @returns how many Razorpay orders were asked about. */
  async execute(): Promise<number> {
    const due = await claimDueReconciliations(this.database, BATCH_PAYMENTS, this.config.PAYMENT_RECONCILE_AFTER);
    await Promise.all(due.map((payment) => this.reconcile(payment)));
    return due.length;
  }

  private async reconcile({ paymentId, razorpayOrderId }: DueReconciliation): Promise<void> {
    const asked = await this.gateway.paymentsOfOrder(razorpayOrderId);
    if (asked.kind !== 'ok') {
      this.logger.warn(
        { paymentId, outcome: asked },
        'Razorpay cannot be asked about an order, it is asked again later',
      );
      return;
    }
    for (const fact of asked.value) {
      await this.recordGatewayPayment.execute(fact);
      if (fact.status === 'refunded' && fact.isCaptured) await this.importRefunds(fact.id);
    }
  }

  private async importRefunds(razorpayPaymentId: string): Promise<void> {
    const made = await this.gateway.refundsOfPayment(razorpayPaymentId);
    if (made.kind !== 'ok') return;
    for (const refund of made.value) await this.applyGatewayRefund.execute(refund);
  }
}
