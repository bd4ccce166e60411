import { adminAction, type DomainEvent } from '@reseller/contracts';
import type { Account } from '../accounts/account.js';
import { businessOverseeing } from '../accounts/account-visibility.js';

const RECORDED = ['firstName', 'lastName', 'phone', 'roles', 'isActive', 'businessId'] as const;

const fieldsOf = (account: Account, fields: readonly (typeof RECORDED)[number][]) =>
  Object.fromEntries(fields.map((field) => [field, account[field]]));

/** The audit record of an administrator's change: of the fields that differ, how they were and how they are. */
export function userChanged(change: {
  readonly before: Account;
  readonly after: Account;
  readonly actorId: string;
  readonly reason?: string | null;
}): DomainEvent {
  const { before, after } = change;
  const changed = RECORDED.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  return adminAction({
    actorId: change.actorId,
    action: 'USER_CHANGED',
    subjectType: 'user',
    subjectId: after.id,
    before: fieldsOf(before, changed),
    after: fieldsOf(after, changed),
    reason: change.reason ?? null,
    // Whoever may see the account may read this: an administrator of all may have changed it.
    businessId: businessOverseeing(after),
    occurredAt: after.updatedAt,
  });
}
