import { CustomerDeleted, eventOf, type DomainEvent } from '@reseller/contracts';

/** Tells those who keep a customer's orders to forget the person. May be told again: forgetting twice changes nothing. */
export function customerDeleted(customer: {
  readonly customerId: string;
  readonly businessId: string;
  readonly at: Date;
}): DomainEvent {
  const { customerId, businessId, at } = customer;
  return eventOf(CustomerDeleted, {
    aggregateId: customerId,
    aggregateVersion: 1,
    businessId,
    occurredAt: at,
    data: { customerId, businessId },
  });
}
