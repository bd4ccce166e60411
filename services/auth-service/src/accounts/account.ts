import {
  DEFAULT_BUSINESS_ID,
  EmailVerified,
  eventOf,
  UserRegistered,
  UserUpdated,
  type DomainEvent,
  type EventOf,
  type Role,
} from '@reseller/contracts';
import { newVersionOf } from '../new-version.js';

/** Somebody who signs in, without the password. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly phone: string | null;
  readonly roles: readonly Role[];
  readonly isActive: boolean;
  /** The business an administrator is limited to; null: all of them. */
  readonly businessId: string | null;
  readonly emailVerifiedAt: Date | null;
  /** Grows with every change that other services hear of. */
  readonly version: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What can be changed about an account, by its owner or by an administrator. */
export type AccountChanges = Partial<
  Pick<Account, 'firstName' | 'lastName' | 'phone' | 'roles' | 'isActive' | 'businessId' | 'emailVerifiedAt'>
>;

export const isAdmin = (account: Pick<Account, 'roles'>): boolean => account.roles.includes('ADMIN');

/** The account with the changes in a new version; the same object when nothing differs. */
export const withChanges = (account: Account, changes: AccountChanges, now: Date): Account =>
  newVersionOf(account, changes, now);

const snapshotOf = (account: Account): EventOf<typeof UserUpdated>['data'] => ({
  userId: account.id,
  email: account.email,
  emailVerified: account.emailVerifiedAt !== null,
  firstName: account.firstName,
  lastName: account.lastName,
  phone: account.phone,
  roles: [...account.roles],
  isActive: account.isActive,
  businessId: account.businessId,
});

/** What every event about an account has in common. */
export const factAbout = (account: Account, occurredAt: Date, actor: string | null) => ({
  aggregateId: account.id,
  aggregateVersion: account.version,
  businessId: account.businessId ?? DEFAULT_BUSINESS_ID,
  occurredAt,
  actor,
});

/** @param verificationReference what notification redeems for the verification link; null where there is nothing to verify. */
export function userRegistered(
  account: Account,
  verificationReference: string | null,
  actor: string = account.id,
): DomainEvent {
  return eventOf(UserRegistered, {
    ...factAbout(account, account.createdAt, actor),
    data: { ...snapshotOf(account), emailVerificationReference: verificationReference },
  });
}

export function userUpdated(account: Account, actor: string): DomainEvent {
  return eventOf(UserUpdated, { ...factAbout(account, account.updatedAt, actor), data: snapshotOf(account) });
}

export function emailVerified(account: Account): DomainEvent {
  return eventOf(EmailVerified, {
    ...factAbout(account, account.updatedAt, account.id),
    data: { userId: account.id, email: account.email },
  });
}
