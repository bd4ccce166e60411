import { Injectable } from '@nestjs/common';
import type { Identity } from '@reseller/http';
import type { SqlTx } from '@reseller/persistence';
import { OrderAccess, orderNotFound } from './order-access.js';
import type { Order } from './order-state.js';
import { changeOrder } from './order.repository.js';
import { shipOrder, type Shipment } from './order.js';

export interface ShipOrderCommand {
  readonly ref: string;
  readonly caller: Identity;
  readonly shipment: Shipment;
  readonly notes: string | null;
}

/** All of the order leaves in one parcel. */
@Injectable()
export class ShipOrder {
  constructor(private readonly access: OrderAccess) {}

  async execute(tx: SqlTx, { ref, caller, shipment, notes }: ShipOrderCommand): Promise<Order> {
    const shipped = await changeOrder(tx, ref, (order, now) =>
      shipOrder(order, shipment, this.access.requireCause(order, caller, notes), now),
    );
    if (shipped === undefined) throw orderNotFound();
    return shipped;
  }
}
