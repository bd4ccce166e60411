import { describe, expect, it } from '@jest/globals';
import { DEFAULT_BUSINESS_ID } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { userUpdated, withChanges, type Account } from './account.js';
import { isVisibleTo } from './account-visibility.js';

const createdAt = new Date('2026-01-01T00:00:00Z');
const now = new Date('2026-02-01T00:00:00Z');

const account = (fields: Partial<Account> = {}): Account => ({
  id: newId(),
  email: 'asha@example.com',
  firstName: 'Asha',
  lastName: null,
  phone: null,
  roles: ['CUSTOMER'],
  isActive: true,
  businessId: null,
  emailVerifiedAt: null,
  version: 3n,
  createdAt,
  updatedAt: createdAt,
  ...fields,
});

describe('withChanges', () => {
  it('makes a new version of what differs', () => {
    const before = account();
    expect(withChanges(before, { firstName: 'Usha', roles: ['RESELLER'] }, now)).toEqual({
      ...before,
      firstName: 'Usha',
      roles: ['RESELLER'],
      version: 4n,
      updatedAt: now,
    });
  });

  it('is the same object when nothing differs', () => {
    const before = account({ emailVerifiedAt: new Date(createdAt) });
    const same = {
      firstName: 'Asha',
      roles: ['CUSTOMER'] as const,
      lastName: undefined,
      emailVerifiedAt: new Date(createdAt),
    };
    expect(withChanges(before, same, now)).toBe(before);
  });

  it('clears with null', () => {
    expect(withChanges(account(), { firstName: null }, now).firstName).toBeNull();
  });
});

describe('userUpdated', () => {
  it('tells the account as it stands, under the default business where it names none', () => {
    const told = account();
    expect(userUpdated(told, 'somebody')).toMatchObject({
      aggregateId: told.id,
      aggregateVersion: 3,
      businessId: DEFAULT_BUSINESS_ID,
      actor: 'somebody',
      data: { userId: told.id, emailVerified: false, businessId: null },
    });
  });
});

describe('isVisibleTo', () => {
  const business = newId();
  const admin = (businessId: string | null) => ({ userId: newId(), isAdmin: true, businessId });

  it.each([
    ['an unlimited administrator', admin(null), account({ businessId: business }), true],
    ['an administrator of the business', admin(business), account({ businessId: business }), true],
    ['an administrator of another business', admin(newId()), account({ businessId: business }), false],
    ['the default business’s, of who names none', admin(DEFAULT_BUSINESS_ID), account(), true],
    [
      'the default business’s, of an unlimited administrator',
      admin(DEFAULT_BUSINESS_ID),
      account({ roles: ['ADMIN'] }),
      false,
    ],
    ['a stranger', { userId: newId(), isAdmin: false, businessId: null }, account(), false],
  ])('for %s', (_, caller, subject, expected) => {
    expect(isVisibleTo(subject, caller)).toBe(expected);
  });

  it('for themselves', () => {
    const self = account();
    expect(isVisibleTo(self, { userId: self.id, isAdmin: false, businessId: null })).toBe(true);
  });
});
