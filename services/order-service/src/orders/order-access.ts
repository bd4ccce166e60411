import { Injectable } from '@nestjs/common';
import { AdminDirectory, type Identity } from '@reseller/http';
import { forbidden, notFound } from '@reseller/runtime';
import type { Cause, Order } from './order-state.js';
import { OrderTokens } from './order-token.js';

/** FULL: buyer, administrator, holder of the order's token. EARNINGS: its seller, who is not told how to reach the buyer. */
export type OrderView = 'FULL' | 'EARNINGS';

export const orderNotFound = () => notFound('ORDER_NOT_FOUND', 'There is no such order.');

const isWithinBusiness = (caller: Identity, order: Order): boolean =>
  caller.businessId === null || caller.businessId === order.businessId;

/** Who may see and change an order. One that is not the caller's looks like one that does not exist. */
@Injectable()
export class OrderAccess {
  constructor(
    private readonly tokens: OrderTokens,
    private readonly admins: AdminDirectory,
  ) {}

  /**
   * Before anything that moves money: a token may outlive an administrator's dismissal. Outside transactions, for auth is
   * asked. @throws 403 for an administrator who no longer is one; 503 when auth cannot be asked.
   */
  async requireCurrent(caller: Identity): Promise<void> {
    if (caller.isAdmin) await this.admins.requireStillAdmin(caller);
  }

  /** @throws 404 ORDER_NOT_FOUND for everybody else, and where there is no order. */
  requireView(order: Order | undefined, caller: Identity): { order: Order; view: OrderView } {
    const view = order === undefined ? null : this.viewOf(order, caller);
    if (order === undefined || view === null) throw orderNotFound();
    return { order, view };
  }

  /** The cause of what the caller is about to do. @throws 404 for strangers, 403 for the seller: it is the buyer's order. */
  requireCause(order: Order, caller: Identity, reason: string | null): Cause {
    const { view } = this.requireView(order, caller);
    if (view !== 'FULL') throw forbidden('FORBIDDEN', 'Only the buyer or an administrator may change this order.');
    const isAdmin = caller.isAdmin && isWithinBusiness(caller, order);
    return { role: isAdmin ? 'ADMIN' : 'CUSTOMER', id: caller.userId, reason };
  }

  private viewOf(order: Order, caller: Identity): OrderView | null {
    if (caller.isAdmin && isWithinBusiness(caller, order)) return 'FULL';
    if (caller.userId !== null && caller.userId === order.userId) return 'FULL';
    if (this.tokens.isFor(order.id, caller.orderToken)) return 'FULL';
    return caller.userId !== null && caller.userId === order.sellerId ? 'EARNINGS' : null;
  }
}
