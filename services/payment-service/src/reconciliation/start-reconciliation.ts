import { Inject, Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import { requireUser, type Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database, type SqlTx } from '@reseller/persistence';
import { CLOCK, type Clock } from '@reseller/runtime';
import { FindPayment } from '../payments/find-payment.js';
import { paymentNotFound } from '../payments/payment-access.js';
import { PaymentQueries } from '../payments/payment.queries.js';
import { startRun } from './reconciliation-run.repository.js';
import type { RunRequest } from './reconciliation-run.js';
import { ReconciliationQueries, type ReportRecord } from './reconciliation.queries.js';
import { RunReconciliations } from './run-reconciliations.js';

export interface StartReconciliationCommand {
  readonly caller: Identity;
  /** The order's id or number. */
  readonly orderRef: string | undefined;
  readonly paymentId?: string | undefined;
  readonly from: Date | null;
  readonly to: Date | null;
}

/** An administrator wants to know what Razorpay says. One order is compared while they wait; many are in the background. */
@Injectable()
export class StartReconciliation {
  constructor(
    private readonly database: Database,
    private readonly payments: PaymentQueries,
    private readonly findPayment: FindPayment,
    private readonly runs: RunReconciliations,
    private readonly reports: ReconciliationQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 404 where the order or payment is none of the administrator's business */
  async execute(command: StartReconciliationCommand): Promise<ReportRecord> {
    const { caller } = command;
    const request = await this.requestOf(command);
    const requestedBy = requireUser(caller);
    const run = await this.database.sqlTransaction(async (tx) => {
      const started = await startRun(tx, request, requestedBy);
      if (started.isNew) await this.record(tx, started.id, request, requestedBy);
      if (request.scope === 'OPEN' || request.scope === 'RANGE') tx.afterCommit(() => this.runs.nudge());
      return started;
    });
    if (request.scope === 'ORDER' || request.scope === 'PAYMENT') await this.runs.execute(run.id);
    return this.reports.get(run.id, caller.businessId);
  }

  private async requestOf(command: StartReconciliationCommand): Promise<RunRequest> {
    const { caller, orderRef, paymentId, from, to } = command;
    const everything = { businessId: caller.businessId, subjectId: null, paymentId: null, from: null, to: null };
    if (paymentId !== undefined) {
      const { id } = await this.findPayment.toChange(paymentId, caller);
      return { ...everything, scope: 'PAYMENT', paymentId: id };
    }
    if (orderRef !== undefined) {
      return { ...everything, scope: 'ORDER', subjectId: await this.subjectOf(orderRef, caller) };
    }
    return from === null ? { ...everything, scope: 'OPEN' } : { ...everything, scope: 'RANGE', from, to };
  }

  private async subjectOf(orderRef: string, caller: Identity): Promise<string> {
    const payment = await this.payments.ofOrder(orderRef);
    if (payment === null) throw paymentNotFound();
    const { subjectId } = await this.findPayment.toChange(payment.id, caller);
    return subjectId;
  }

  private async record(tx: SqlTx, runId: string, request: RunRequest, actorId: string): Promise<void> {
    const { scope, subjectId, paymentId, from, to, businessId } = request;
    const action = adminAction({
      actorId,
      action: 'PAYMENTS_RECONCILED',
      subjectType: 'reconciliation',
      subjectId: runId,
      before: null,
      after: { scope, orderId: subjectId, paymentId, from: from?.toISOString() ?? null, to: to?.toISOString() ?? null },
      ...(businessId === null ? {} : { businessId }),
      occurredAt: this.clock.now(),
    });
    await appendToOutbox(tx, [action]);
  }
}
