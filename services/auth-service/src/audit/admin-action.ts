import { AdminActionRecorded, eventOf, type DomainEvent } from '@reseller/contracts';
import { newId } from '@reseller/runtime';

export interface AdminAction {
  readonly actorId: string;
  /** A past fact: `USER_CHANGED`. */
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly reason?: string | null;
  readonly businessId: string;
  readonly occurredAt: Date;
}

/** The event that makes a row of the audit log, appended in the transaction of what it tells of. */
export function adminAction({ businessId, occurredAt, reason, ...action }: AdminAction): DomainEvent {
  return eventOf(AdminActionRecorded, {
    aggregateId: newId(),
    aggregateVersion: 1,
    occurredAt,
    businessId,
    actor: action.actorId,
    data: { ...action, reason: reason ?? null },
  });
}
