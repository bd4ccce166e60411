import { Inject, Injectable } from '@nestjs/common';
import {
  CommissionLocked,
  CommissionReleased,
  CommissionUnlocked,
  eventOf,
  type DomainEvent,
} from '@reseller/contracts';
import { OutboxRelay } from '@reseller/messaging';
import { paiseToWire } from '@reseller/money';
import type { SqlTx } from '@reseller/persistence';
import { CLOCK, newId, type Clock } from '@reseller/runtime';
import { NO_BALANCES } from '../ledger/account.js';
import { Ledger } from '../ledger/ledger.js';
import { OpenWallet } from '../wallets/open-wallet.js';
import { commissionJournal, movesAvailable } from './commission-journal.js';
import {
  commissionCalledFor,
  movementsBetween,
  type CommissionMovement,
  type CommissionMovementType,
} from './commission.js';
import { CommissionRepository, type Commission } from './commission.repository.js';

const EVENTS = {
  COMMISSION_CREATED: CommissionLocked,
  COMMISSION_UNLOCKED: CommissionUnlocked,
  COMMISSION_RELEASED: CommissionReleased,
  COMMISSION_CLAWED_BACK: CommissionReleased,
} as const satisfies Record<CommissionMovementType, unknown>;

/** Posts the difference between what an order's facts call for and what was posted. The order's row is locked. */
@Injectable()
export class PostCommission {
  constructor(
    private readonly commissions: CommissionRepository,
    private readonly ledger: Ledger,
    private readonly openWallet: OpenWallet,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: SqlTx, commission: Commission): Promise<void> {
    const calledFor = commissionCalledFor(commission.facts);
    const movements = movementsBetween(commission.posted, calledFor);
    if (movements.length === 0) return;
    if (!commission.hasWallet) await this.openWallet.execute(tx, { ...commission, userVersion: null });
    // Locking what most postings do not need would cost every sale a statement.
    const balances = movements.some(movesAvailable)
      ? await this.ledger.lockBalances(tx, commission.sellerId)
      : NO_BALANCES;
    const numbered = movements.map((movement, index) => ({ movement, posting: commission.postings + index + 1 }));
    for (const { movement, posting } of numbered) {
      await this.ledger.post(tx, commissionJournal({ ...commission, journalId: newId(), posting, movement, balances }));
    }
    const events = numbered.map(({ movement, posting }) => this.eventOf(commission, movement, posting));
    await this.commissions.settle(tx, commission, calledFor, events);
    tx.afterCommit(() => OutboxRelay.nudge());
  }

  private eventOf(commission: Commission, movement: CommissionMovement, posting: number): DomainEvent {
    return eventOf(EVENTS[movement.type], {
      aggregateId: commission.orderId,
      aggregateVersion: posting,
      businessId: commission.businessId,
      occurredAt: this.clock.now(),
      data: {
        sellerId: commission.sellerId,
        orderId: commission.orderId,
        orderNumber: commission.orderNumber,
        amountPaise: paiseToWire(movement.amountPaise),
      },
    });
  }
}
