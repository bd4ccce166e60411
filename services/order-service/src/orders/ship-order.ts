import { Injectable } from '@nestjs/common';
import type { Identity } from '@reseller/http';
import type { SqlTx } from '@reseller/persistence';
import { requireVersion } from '@reseller/runtime';
import { OrderAccess, orderNotFound } from './order-access.js';
import type { Order } from './order-state.js';
import { changeOrder } from './order.repository.js';
import { shipOrder, type Shipment } from './order.js';

export interface ShipOrderCommand {
  readonly ref: string;
  readonly caller: Identity;
  readonly shipment: Shipment;
  readonly notes: string | null;
  readonly expectedVersion: bigint | null;
}

/** All of the order leaves in one parcel. */
@Injectable()
export class ShipOrder {
  constructor(private readonly access: OrderAccess) {}

  async execute(tx: SqlTx, command: ShipOrderCommand): Promise<Order> {
    const { ref, caller, shipment, notes, expectedVersion } = command;
    const shipped = await changeOrder(tx, ref, (order, now) => {
      const cause = this.access.requireCause(order, caller, notes);
      requireVersion('order', expectedVersion, order.version);
      return shipOrder(order, shipment, cause, now);
    });
    if (shipped === undefined) throw orderNotFound();
    return shipped;
  }
}
