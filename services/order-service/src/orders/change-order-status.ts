import { Injectable } from '@nestjs/common';
import type { Identity } from '@reseller/http';
import { Database } from '@reseller/persistence';
import { forbidden, requireVersion } from '@reseller/runtime';
import { MoneyKept } from './money-kept.js';
import type { OrderChange } from './order-change.js';
import { OrderAccess, orderNotFound } from './order-access.js';
import type { Cause, Order } from './order-state.js';
import { requireMove, type OrderStatus } from './order-status.js';
import { changeOrder } from './order.repository.js';
import { cancelOrder, deliverOrder, returnOrder, shipOrder, startProcessing } from './order.js';
import { SettleOrder } from './settle-order.js';

export interface ChangeOrderStatusCommand {
  readonly ref: string;
  readonly caller: Identity;
  readonly status: OrderStatus;
  readonly notes: string | null;
  readonly expectedVersion: bigint | null;
}

const UNTRACKED = { carrier: null, trackingNumber: null, trackingUrl: null };

function moveTo(status: OrderStatus, order: Order, cause: Cause, now: Date): OrderChange {
  switch (status) {
    case 'PROCESSING':
      return startProcessing(order, cause, now);
    case 'SHIPPED':
      return shipOrder(order, UNTRACKED, cause, now);
    case 'DELIVERED':
      return deliverOrder(order, cause, now);
    case 'CANCELLED':
      return cancelOrder(order, cause, now);
    case 'RETURNED':
      return returnOrder(order, cause, now);
    case 'PENDING':
    case 'PAID':
    case 'CONFIRMED':
      // No person makes these: the table refuses and says what would be allowed.
      requireMove(order.status, status, cause.role);
      throw new Error(`the transition table lets ${cause.role} make an order ${status}, and nothing here does it`);
  }
}

/** Takes an order to the status that a person names. PAID comes by way of a payment, never by this table alone. */
@Injectable()
export class ChangeOrderStatus {
  constructor(
    private readonly database: Database,
    private readonly access: OrderAccess,
    private readonly settleOrder: SettleOrder,
    private readonly moneyKept: MoneyKept,
  ) {}

  async execute(command: ChangeOrderStatusCommand): Promise<Order> {
    if (command.status === 'PAID') return this.settleOrder.execute({ ...command, razorpayPaymentId: null });
    await this.access.requireCurrent(command.caller);
    if (command.status === 'SHIPPED') await this.moneyKept.require(command.ref, command.caller);
    const changed = await this.database.sqlTransaction((tx) =>
      changeOrder(tx, command.ref, (order, now) => this.decide(command, order, now)),
    );
    if (changed === undefined) throw orderNotFound();
    return changed;
  }

  private decide(command: ChangeOrderStatusCommand, order: Order, now: Date): OrderChange {
    const { caller, status, notes, expectedVersion } = command;
    const cause = this.access.requireCause(order, caller, notes);
    if (cause.role === 'CUSTOMER' && status !== 'CANCELLED') {
      throw forbidden('FORBIDDEN', 'A customer may only cancel an order.');
    }
    requireVersion('order', expectedVersion, order.version);
    return moveTo(status, order, cause, now);
  }
}
