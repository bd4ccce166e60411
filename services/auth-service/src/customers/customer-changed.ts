import { adminAction, type DomainEvent } from '@reseller/contracts';
import { maskedProfile, type Customer } from './customer.js';

type CustomerAction = 'CUSTOMER_CREATED' | 'CUSTOMER_CHANGED' | 'CUSTOMER_ENGAGEMENT_CHANGED' | 'CUSTOMER_DELETED';

const recorded = (customer: Customer) => ({
  ...maskedProfile(customer),
  engagementScore: customer.engagementScore,
  version: Number(customer.version),
});

/** The audit record of what an administrator did to a customer, who may ask to be forgotten: without the person. */
export function customerChanged(change: {
  readonly action: CustomerAction;
  readonly before: Customer | null;
  readonly after: Customer | null;
  readonly subject: Pick<Customer, 'id' | 'businessId'>;
  readonly actorId: string;
  readonly reason?: string | null;
  readonly at: Date;
}): DomainEvent {
  const { before, after, subject } = change;
  return adminAction({
    actorId: change.actorId,
    action: change.action,
    subjectType: 'customer',
    subjectId: subject.id,
    before: before === null ? null : recorded(before),
    after: after === null ? null : recorded(after),
    reason: change.reason ?? null,
    businessId: subject.businessId,
    occurredAt: change.at,
  });
}
