import { Injectable } from '@nestjs/common';
import type { Identity } from '@reseller/http';
import type { SqlTx } from '@reseller/persistence';
import { requireVersion } from '@reseller/runtime';
import { OrderAccess, orderNotFound } from './order-access.js';
import type { Order } from './order-state.js';
import { changeOrder } from './order.repository.js';
import { cancelOrder } from './order.js';

export interface CancelOrderCommand {
  readonly ref: string;
  readonly caller: Identity;
  readonly reason: string | null;
  readonly expectedVersion: bigint | null;
}

/** Calls an order off. Stock and money go back by the event: product and payment each undo what they have done. */
@Injectable()
export class CancelOrder {
  constructor(private readonly access: OrderAccess) {}

  async execute(tx: SqlTx, { ref, caller, reason, expectedVersion }: CancelOrderCommand): Promise<Order> {
    const cancelled = await changeOrder(tx, ref, (order, now) => {
      const cause = this.access.requireCause(order, caller, reason);
      requireVersion('order', expectedVersion, order.version);
      return cancelOrder(order, cause, now);
    });
    if (cancelled === undefined) throw orderNotFound();
    return cancelled;
  }
}
