import { Injectable } from '@nestjs/common';
import type { SqlTx } from '@reseller/persistence';
import { StockLedger } from '../stock/stock-ledger.js';
import { release, type Reservation, type ReservationOwner } from './reservation.js';
import { ReservationRepository } from './reservation.repository.js';

export interface ReleaseCommand extends ReservationOwner {
  readonly reason: string;
  /** The order is off for good (ORDER_CANCELLED); false where only the pieces are given back. */
  readonly isCancelled: boolean;
  /** The platform let go of it because nobody paid. */
  readonly isExpired?: boolean;
  readonly actor: string | null;
}

/** Gives stock back, whatever had become of it: reserved pieces are free again, sold ones return, nothing leaves a tombstone. */
@Injectable()
export class ReleaseReservation {
  constructor(
    private readonly reservations: ReservationRepository,
    private readonly ledger: StockLedger,
  ) {}

  async execute(tx: SqlTx, command: ReleaseCommand): Promise<Reservation> {
    const before = await this.reservations.lockOrBury(tx, command);
    const { reservation, changes } = release(before, command);
    const isUnchanged = reservation.status === before.status && reservation.isCancelled === before.isCancelled;
    if (isUnchanged) return before;
    await this.ledger.apply(tx, changes, {
      referenceType: command.ownerType,
      referenceId: command.ownerId,
      reason: command.reason,
      actor: command.actor,
    });
    await this.reservations.save(tx, before, reservation, command.reason);
    return reservation;
  }
}
