import { Inject, Injectable } from '@nestjs/common';
import { adminAction, type DomainEvent } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { paiseToWire } from '@reseller/money';
import { Database, type SqlTx } from '@reseller/persistence';
import { CLOCK, type Clock } from '@reseller/runtime';
import { Ledger } from '../ledger/ledger.js';
import type { SellerBalances } from '../ledger/account.js';
import { adjustmentJournal, requireOtherWallet, type Adjustment } from './adjustment.js';

export interface AdjustWalletCommand {
  readonly adjustment: Adjustment;
  readonly businessId: string;
  /** Stores the answer for an Idempotency-Key, in the transaction of the adjustment. */
  readonly remember: (tx: SqlTx, balances: SellerBalances) => Promise<void>;
}

/** Gives or takes an amount by an administrator's word. */
@Injectable()
export class AdjustWallet {
  constructor(
    private readonly database: Database,
    private readonly ledger: Ledger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @returns the balances after it
   * @throws 403 OWN_WALLET
   */
  async execute({ adjustment, businessId, remember }: AdjustWalletCommand): Promise<SellerBalances> {
    requireOtherWallet(adjustment);
    return this.database.sqlTransaction(async (tx) => {
      const before = await this.ledger.lockBalances(tx, adjustment.sellerId);
      await this.ledger.post(tx, adjustmentJournal(adjustment, before));
      const after = await this.ledger.lockBalances(tx, adjustment.sellerId);
      await appendToOutbox(tx, [this.recorded({ adjustment, businessId, before, after })]);
      await remember(tx, after);
      return after;
    });
  }

  private recorded(action: {
    readonly adjustment: Adjustment;
    readonly businessId: string;
    readonly before: SellerBalances;
    readonly after: SellerBalances;
  }): DomainEvent {
    const { adjustment, businessId, before, after } = action;
    return adminAction({
      actorId: adjustment.adjustedBy,
      action: 'WALLET_ADJUSTED',
      subjectType: 'wallet',
      subjectId: adjustment.sellerId,
      before: drawable(before),
      after: { ...drawable(after), amountPaise: paiseToWire(adjustment.amountPaise) },
      reason: adjustment.reason,
      businessId,
      occurredAt: this.clock.now(),
    });
  }
}

const drawable = ({ AVAILABLE, RECEIVABLE }: SellerBalances): Record<string, number> => ({
  availablePaise: paiseToWire(AVAILABLE),
  receivablePaise: paiseToWire(-RECEIVABLE),
});
