import { adminAction, type DomainEvent } from '@reseller/contracts';
import { snapshotOf, type Business } from './business.js';

/** The audit record of a business that was made (`before` null) or changed. */
export function businessChanged(change: {
  readonly before: Business | null;
  readonly after: Business;
  readonly actorId: string;
  readonly reason?: string | null;
}): DomainEvent {
  const { before, after } = change;
  return adminAction({
    actorId: change.actorId,
    action: before === null ? 'BUSINESS_CREATED' : 'BUSINESS_CHANGED',
    subjectType: 'business',
    subjectId: after.id,
    before: before === null ? null : snapshotOf(before),
    after: snapshotOf(after),
    reason: change.reason ?? null,
    businessId: after.id,
    occurredAt: after.updatedAt,
  });
}
