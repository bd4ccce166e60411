import { Injectable } from '@nestjs/common';
import { AdminDirectory, administers, type Identity } from '@reseller/http';
import { forbidden, notFound } from '@reseller/runtime';
import type { Cause, Order } from './order-state.js';
import { OrderTokens } from './order-token.js';

/**
 * FULL: buyer and administrator. GUEST: holder of the order's token, who is not told whether the address has an account.
 * EARNINGS: its seller, who is not told how to reach the buyer.
 */
export type OrderVisibility = 'FULL' | 'GUEST' | 'EARNINGS';

/** How much the answer shows to who has just placed or changed an order. */
export const visibilityFor = (caller: Identity): OrderVisibility => (caller.isAnonymous ? 'GUEST' : 'FULL');

export const orderNotFound = () => notFound('ORDER_NOT_FOUND', 'There is no such order.');

/** Who may see and change an order. One that is not the caller's looks like one that does not exist. */
@Injectable()
export class OrderAccess {
  constructor(
    private readonly tokens: OrderTokens,
    private readonly admins: AdminDirectory,
  ) {}

  /**
   * Before a change of an order: a token may outlive an administrator's dismissal. Outside transactions, for auth is
   * asked. @throws 403 for an administrator who no longer is one; 503 when auth cannot be asked.
   */
  async requireCurrent(caller: Identity): Promise<void> {
    if (caller.isAdmin) await this.admins.requireStillAdmin(caller);
  }

  /** @throws 404 ORDER_NOT_FOUND for everybody else, and where there is no order. */
  requireView(order: Order | undefined, caller: Identity): { order: Order; view: OrderVisibility } {
    const view = order === undefined ? null : this.viewOf(order, caller);
    if (order === undefined || view === null) throw orderNotFound();
    return { order, view };
  }

  /** The cause of what the caller is about to do. @throws 404 for strangers, 403 for the seller: it is the buyer's order. */
  requireCause(order: Order, caller: Identity, reason: string | null): Cause {
    const { view } = this.requireView(order, caller);
    if (view === 'EARNINGS') throw forbidden('FORBIDDEN', 'Only the buyer or an administrator may change this order.');
    return { role: administers(caller, order.businessId) ? 'ADMIN' : 'CUSTOMER', id: caller.userId, reason };
  }

  private viewOf(order: Order, caller: Identity): OrderVisibility | null {
    if (administers(caller, order.businessId)) return 'FULL';
    if (caller.userId !== null && caller.userId === order.userId) return 'FULL';
    if (this.tokens.isFor(order.id, caller.orderToken)) return 'GUEST';
    return caller.userId !== null && caller.userId === order.sellerId ? 'EARNINGS' : null;
  }
}
