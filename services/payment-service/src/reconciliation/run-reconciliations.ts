import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { CONFIG, type PaymentServiceConfig } from '../payment-service.config.js';
import { ReconcileOrder, type HeldOrder } from './reconcile-order.js';
import { addToRun, advanceRun, claimRun, nextOrders } from './reconciliation-run.repository.js';
import type { LeasedRun } from './reconciliation-run.js';

const BATCH_ORDERS = 10;

/**
 * Works the runs that administrators have asked for, batch by batch, on whichever instance comes first. A batch is leased;
 * how far it came is written by a statement which does nothing once the lease is somebody else's. So whoever dies is
 * followed by another who does its batch again. What is repaired by then is not found again, so what an order shows is
 * written as soon as it is compared; repairs are idempotent, and a finding is written once.
 */
@Injectable()
export class RunReconciliations extends ServiceJob {
  private isStopping = false;

  constructor(
    private readonly database: Database,
    private readonly reconcileOrder: ReconcileOrder,
    @Inject(CONFIG) config: PaymentServiceConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('run-reconciliations', config.PAYMENT_JOBS_INTERVAL, logger);
  }

  override async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await super.beforeApplicationShutdown();
  }

  /** Works batch after batch until nothing is left that nobody else works. @returns how many orders were compared. */
  override async execute(onlyId: string | null = null): Promise<number> {
    let compared = 0;
    while (!this.isStopping) {
      const run = await claimRun(this.database, onlyId);
      if (run === undefined) break;
      compared += await this.work(run);
    }
    return compared;
  }

  private async work(run: LeasedRun): Promise<number> {
    const orders = await nextOrders(this.database, run, BATCH_ORDERS);
    await Promise.all(orders.map((order) => this.compare(run, order)));
    await advanceRun(this.database, run, {
      reachedId: orders.at(-1)?.paymentId ?? run.reachedId,
      checked: orders.length,
      isLast: orders.length < BATCH_ORDERS,
    });
    return orders.length;
  }

  private async compare(run: LeasedRun, order: HeldOrder): Promise<void> {
    const findings = await this.reconcileOrder.execute(order);
    if (findings.length > 0) await addToRun(this.database, run, findings);
  }
}
