import { Inject, Injectable } from '@nestjs/common';
import { appendToOutbox } from '@reseller/messaging';
import { paiseFromRupees } from '@reseller/money';
import { Database, type SqlTx } from '@reseller/persistence';
import { CLOCK, newId, unprocessable, type Clock } from '@reseller/runtime';
import { Ledger } from '../ledger/ledger.js';
import { CONFIG, type WalletServiceConfig } from '../wallet-service.config.js';
import { payoutEvent } from './payout-events.js';
import { payoutRequestedJournal } from './payout-journals.js';
import { PayoutRepository, type NewPayout } from './payout.repository.js';
import type { Payout } from './payout.js';

export interface RequestPayoutCommand extends NewPayout {
  /** Stores the answer for an Idempotency-Key, in the transaction of the payout. */
  readonly remember: (tx: SqlTx, payout: Payout) => Promise<void>;
}

/**
 * Asks for a payout. The ledger moves AVAILABLE to PAYOUT_IN_TRANSIT in one guarded statement, so of several requests
 * for the same balance only as many succeed as it covers.
 */
@Injectable()
export class RequestPayout {
  constructor(
    private readonly database: Database,
    private readonly ledger: Ledger,
    private readonly payouts: PayoutRepository,
    @Inject(CONFIG) private readonly config: WalletServiceConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 422 PAYOUT_BELOW_MINIMUM; 409 INSUFFICIENT_BALANCE with what is available. */
  async execute(command: RequestPayoutCommand): Promise<Payout> {
    this.requireMinimum(command.amountPaise);
    return this.database.sqlTransaction(async (tx) => {
      const actor = command.requestedBy;
      await this.ledger.post(tx, payoutRequestedJournal({ journalId: newId(), payout: command, actor }));
      const payout = await this.payouts.insert(tx, command);
      await appendToOutbox(tx, [payoutEvent(payout, actor, this.clock.now())]);
      await command.remember(tx, payout);
      return payout;
    });
  }

  private requireMinimum(amountPaise: bigint): void {
    const minimum = this.config.PAYOUT_MIN_RUPEES;
    if (amountPaise >= paiseFromRupees(minimum)) return;
    throw unprocessable('PAYOUT_BELOW_MINIMUM', `A payout is at least ₹${minimum}.`, { minimum });
  }
}
