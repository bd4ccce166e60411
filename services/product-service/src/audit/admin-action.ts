import { AdminActionRecorded, eventOf, type EventOf } from '@reseller/contracts';

export interface AdminChange {
  readonly actorId: string;
  readonly action: string;
  readonly subjectType: 'product' | 'category' | 'stock';
  readonly subjectId: string;
  readonly businessId: string;
  readonly version: bigint;
  readonly occurredAt: Date;
  readonly before: unknown;
  readonly after: unknown;
  readonly reason?: string | null;
}

/** For the audit log that auth keeps. */
export function adminActionEvent(change: AdminChange): EventOf<typeof AdminActionRecorded> {
  const { actorId, action, subjectType, subjectId, before, after, reason = null } = change;
  return eventOf(AdminActionRecorded, {
    aggregateId: subjectId,
    aggregateVersion: change.version,
    businessId: change.businessId,
    actor: actorId,
    occurredAt: change.occurredAt,
    data: { actorId, action, subjectType, subjectId, before, after, reason },
  });
}
