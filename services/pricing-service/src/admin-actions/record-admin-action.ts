import { AdminActionRecorded, eventOf, type DomainEvent } from '@reseller/contracts';
import { requireUser, type Identity } from '@reseller/http';
import { newId } from '@reseller/runtime';

export interface AdminAction {
  readonly caller: Identity;
  /** `TAX_RATE_CHANGED` */
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly now: Date;
}

/** The event for auth's audit log; appended in the transaction of the change it tells of. */
export function adminAction({ caller, now, ...said }: AdminAction): DomainEvent {
  const actorId = requireUser(caller);
  return eventOf(AdminActionRecorded, {
    aggregateId: newId(),
    aggregateVersion: 1,
    occurredAt: now,
    actor: actorId,
    ...(caller.businessId === null ? {} : { businessId: caller.businessId }),
    data: { actorId, ...said, reason: null },
  });
}
