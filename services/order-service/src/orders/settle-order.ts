import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AdminDirectory, type Identity } from '@reseller/http';
import { Database } from '@reseller/persistence';
import { conflict, forbidden, requireVersion } from '@reseller/runtime';
import { PaymentClient } from '../clients/payment.client.js';
import { OrderAccess, orderNotFound } from './order-access.js';
import type { Order } from './order-state.js';
import { canMove, movesOf } from './order-status.js';
import { findOrder } from './order.repository.js';

export interface SettleOrderCommand {
  readonly ref: string;
  readonly caller: Identity;
  readonly notes: string | null;
  readonly expectedVersion: bigint | null;
  /** The Razorpay payment that settled it; null: the money came in another way. */
  readonly razorpayPaymentId: string | null;
}

/** How long the answer waits for PAYMENT_SUCCESS, so that it usually shows PAID. */
const WAIT_MS = 2_000;
const POLL_MS = 40;

/**
 * An administrator says that an order is paid. No order is ever PAID without a payment: the payment service records it,
 * and the order follows from its event. Nothing is written here, so nothing is lost if this process dies.
 */
@Injectable()
export class SettleOrder {
  constructor(
    private readonly database: Database,
    private readonly access: OrderAccess,
    private readonly admins: AdminDirectory,
    private readonly payment: PaymentClient,
  ) {}

  /** @returns the order, PAID where the event came within two seconds, else as it stands. */
  async execute({ ref, caller, notes, expectedVersion, razorpayPaymentId }: SettleOrderCommand): Promise<Order> {
    const found = await findOrder(this.database, ref);
    if (found === undefined) throw orderNotFound();
    const { order } = found;
    const { role } = this.access.requireCause(order, caller, notes);
    if (role !== 'ADMIN' || caller.userId === null)
      throw forbidden('FORBIDDEN', 'Only an administrator may record a payment.');
    await this.admins.requireStillAdmin(caller);
    requireVersion('order', expectedVersion, order.version);
    requireSettleable(order);

    if (razorpayPaymentId === null)
      await this.payment.recordOfflinePayment(order.id, { actorId: caller.userId, notes });
    else await this.payment.attachPayment(order.id, { razorpayPaymentId, actorId: caller.userId });
    return this.waitUntilPaid(order);
  }

  private async waitUntilPaid(order: Order): Promise<Order> {
    const giveUpAtMs = Date.now() + WAIT_MS;
    for (let latest = order; ; await sleep(POLL_MS)) {
      latest = (await findOrder(this.database, order.id))?.order ?? latest;
      if (latest.paidAt !== null || Date.now() >= giveUpAtMs) return latest;
    }
  }
}

/** An order waits for money while it is PENDING. What an ADMIN could do instead includes their own moves. */
function requireSettleable(order: Order): void {
  if (canMove(order.status, 'PAID', 'PAYMENT')) return;
  throw conflict('INVALID_STATUS_TRANSITION', `An order that is ${order.status} cannot become PAID.`, {
    from: order.status,
    to: 'PAID',
    allowed: movesOf(order.status, 'ADMIN'),
  });
}
