import { Inject, Injectable } from '@nestjs/common';
import { appendToOutbox } from '@reseller/messaging';
import { Database, type SqlTx } from '@reseller/persistence';
import { CLOCK, newId, notFound, type Clock } from '@reseller/runtime';
import { Ledger } from '../ledger/ledger.js';
import type { BusinessScope } from '../wallets/business-scope.js';
import { payoutDecisionRecorded, payoutEvent } from './payout-events.js';
import { payoutDecidedJournal } from './payout-journals.js';
import { requirePayoutMove } from './payout-status.js';
import { requireOtherPerson, type Payout } from './payout.js';
import { PayoutRepository, type PayoutDecision } from './payout.repository.js';

export interface DecidePayoutCommand extends PayoutDecision {
  readonly payoutId: string;
  readonly scope: BusinessScope;
}

/**
 * An administrator's decision on a payout. Naming the status that it already has answers the payout as it is: a client
 * whose answer was lost may send the request again, and the money moves once.
 */
@Injectable()
export class DecidePayout {
  constructor(
    private readonly database: Database,
    private readonly ledger: Ledger,
    private readonly payouts: PayoutRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 404 PAYOUT_NOT_FOUND; 403 OWN_PAYOUT; 409 INVALID_STATUS_TRANSITION. */
  async execute(command: DecidePayoutCommand): Promise<Payout> {
    return this.database.sqlTransaction(async (tx) => {
      const payout = await this.lock(tx, command);
      requireOtherPerson(payout, command.decidedBy);
      if (payout.status === command.status) return payout;
      requirePayoutMove(payout.status, command.status);
      await this.moveMoney(tx, payout, command);
      const decided = await this.payouts.decide(tx, payout.id, command);
      const now = this.clock.now();
      await appendToOutbox(tx, [
        payoutEvent(decided, command.decidedBy, now),
        payoutDecisionRecorded(payout, decided, command.decidedBy, now),
      ]);
      return decided;
    });
  }

  private async lock(tx: SqlTx, { payoutId, scope }: DecidePayoutCommand): Promise<Payout> {
    const payout = await this.payouts.lock(tx, payoutId);
    if (payout === undefined || (scope.businessId !== undefined && scope.businessId !== payout.businessId)) {
      throw notFound('PAYOUT_NOT_FOUND', 'There is no such payout.');
    }
    return payout;
  }

  private async moveMoney(tx: SqlTx, payout: Payout, { status, decidedBy }: DecidePayoutCommand): Promise<void> {
    const balances = await this.ledger.lockBalances(tx, payout.sellerId);
    const journal = payoutDecidedJournal({ journalId: newId(), payout, actor: decidedBy }, status, balances);
    if (journal !== undefined) await this.ledger.post(tx, journal);
  }
}
