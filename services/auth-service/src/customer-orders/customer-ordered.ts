import { CustomerOrdered, eventOf, type DomainEvent, type OrderSnapshot } from '@reseller/contracts';
import type { OrderCustomer } from './buyer.repository.js';

/**
 * Tells an order whose it is. What is told of a guest's order is version 1, whosever the phone is, for it may join an
 * account; of an account's order version 2; and version 3, the last word, answers that an order has joined an account.
 */
export function customerOrdered(
  { orderId, businessId, buyer }: Pick<OrderSnapshot, 'orderId' | 'businessId' | 'buyer'>,
  { id, userId }: Pick<OrderCustomer, 'id' | 'userId'>,
  { at, hasJoined = false }: { readonly at: Date; readonly hasJoined?: boolean },
): DomainEvent {
  return eventOf(CustomerOrdered, {
    aggregateId: orderId,
    aggregateVersion: hasJoined ? 3 : buyer.userId === null ? 1 : 2,
    businessId,
    occurredAt: at,
    data: { orderId, customerId: id, businessId, userId },
  });
}
