import { Inject, Injectable } from '@nestjs/common';
import { eventOf, StockConversionFailed } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import type { SqlTx } from '@reseller/persistence';
import { CLOCK, LOGGER, type Clock, type Logger } from '@reseller/runtime';
import { StockLedger } from '../stock/stock-ledger.js';
import type { MovementSource } from '../stock/stock-movement.js';
import {
  conversionOf,
  failConversion,
  mergeItems,
  restockReturned,
  takeFreeStock,
  takeReserved,
  type Reservation,
  type ReservationOwner,
  type StockItem,
  type Transition,
} from './reservation.js';
import { ReservationRepository } from './reservation.repository.js';

export interface ConvertCommand extends ReservationOwner {
  readonly businessId: string;
  /** What the order bought: sold out of free stock where the reservation is gone. */
  readonly items: readonly StockItem[];
  readonly actor: string | null;
}

/** A paid or confirmed order: what was reserved for it is sold. */
@Injectable()
export class ConvertReservation {
  constructor(
    private readonly reservations: ReservationRepository,
    private readonly ledger: StockLedger,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute(tx: SqlTx, command: ConvertCommand): Promise<void> {
    const reservation = await this.reservations.lockOrBury(tx, command);
    switch (conversionOf(reservation)) {
      case 'nothing':
        return;
      case 'take-reserved':
        return this.sell(tx, reservation, takeReserved(reservation), command);
      case 'try-free-stock':
        return this.sellFreeStock(tx, reservation, command);
    }
  }

  private async sellFreeStock(tx: SqlTx, reservation: Reservation, command: ConvertCommand): Promise<void> {
    const items = mergeItems(command.items);
    const locked = await this.ledger.lock(
      tx,
      items.map(({ variantId }) => variantId),
    );
    const available = new Map(locked.map((variant) => [variant.variantId, variant.available]));
    const wanted = items.map((item) => ({ ...item, available: available.get(item.variantId) ?? 0 }));
    if (wanted.every((item) => item.available >= item.quantity)) {
      return this.sell(tx, reservation, takeFreeStock(reservation, items), command);
    }
    this.logger.warn({ orderId: command.ownerId }, 'a paid order’s stock is gone, the order will be refunded');
    await this.reservations.save(tx, reservation, failConversion(reservation), 'CONVERSION_FAILED');
    await appendToOutbox(tx, [
      eventOf(StockConversionFailed, {
        aggregateId: reservation.id,
        aggregateVersion: reservation.version + 1n,
        businessId: command.businessId,
        occurredAt: this.clock.now(),
        data: { orderId: command.ownerId, items: wanted },
      }),
    ]);
  }

  private async sell(tx: SqlTx, before: Reservation, sold: Transition, command: ConvertCommand): Promise<void> {
    const source: MovementSource = {
      referenceType: command.ownerType,
      referenceId: command.ownerId,
      reason: 'SALE',
      actor: command.actor,
    };
    await this.ledger.apply(tx, sold.changes, source);
    const returned = restockReturned(sold.reservation);
    await this.ledger.apply(tx, returned.changes, { ...source, reason: 'RETURN' });
    await this.reservations.save(tx, before, returned.reservation, null);
  }
}
