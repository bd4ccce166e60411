import { notFound } from '@reseller/runtime';
import type { Order } from './order-state.js';

/**
 * Payment speaks only of orders that it asked us about, so one that we do not know is a fault: the event climbs the retry
 * ladder and then lies with the dead letters, where somebody looks.
 */
export function requireKnown(order: Order | undefined, orderId: string): void {
  if (order === undefined) throw notFound('ORDER_NOT_FOUND', `There is no order ${orderId}.`);
}
