import { Injectable } from '@nestjs/common';
import type { SqlTx } from '@reseller/persistence';
import { StockLedger } from '../stock/stock-ledger.js';
import {
  noteReturned,
  restockReturned,
  type Reservation,
  type ReservationOwner,
  type StockItem,
} from './reservation.js';
import { ReservationRepository } from './reservation.repository.js';

export interface RestockCommand extends ReservationOwner {
  /** What the order bought; makes the lines where the return is told of before everything else. */
  readonly ordered: readonly StockItem[];
  /** What passed inspection and may be sold again. */
  readonly restock: readonly StockItem[];
  readonly reason: string;
  readonly actor: string | null;
}

/** Goods came back: never more than was ordered goes back into stock, and nothing before it was sold. */
@Injectable()
export class RestockReturned {
  constructor(
    private readonly reservations: ReservationRepository,
    private readonly ledger: StockLedger,
  ) {}

  async execute(tx: SqlTx, command: RestockCommand): Promise<void> {
    if (command.restock.length === 0) return;
    const before = await this.reservations.lockOrBury(tx, command);
    const { reservation, changes } = restockReturned(noteReturned(withLines(before, command.ordered), command.restock));
    await this.ledger.apply(tx, changes, {
      referenceType: command.ownerType,
      referenceId: command.ownerId,
      reason: command.reason,
      actor: command.actor,
    });
    await this.reservations.save(tx, before, reservation, null);
  }
}

function withLines(reservation: Reservation, ordered: readonly StockItem[]): Reservation {
  if (reservation.lines.length > 0) return reservation;
  const lines = ordered.map((item) => ({ ...item, returnedQuantity: 0, restockedQuantity: 0 }));
  return { ...reservation, lines };
}
