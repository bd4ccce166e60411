import { describe, expect, it } from '@jest/globals';
import { engagementAfter, maskedProfile, withChanges, type Customer } from './customer.js';

const at = new Date('2026-01-01T00:00:00.000Z');
const customer: Customer = {
  id: 'c',
  businessId: 'b',
  tenantId: 't',
  userId: null,
  name: 'Asha Rao',
  phone: '+919876543210',
  email: 'asha@example.com',
  whatsappNumber: null,
  notes: 'likes red',
  source: 'MANUAL',
  totalOrders: 0,
  totalSpentPaise: 0n,
  lastOrderAt: null,
  engagementScore: 10,
  version: 1n,
  createdAt: at,
  updatedAt: at,
};

describe('a customer', () => {
  it('is the same object when nothing differs, and has a new version when something does', () => {
    expect(withChanges(customer, { name: 'Asha Rao', email: undefined }, at)).toBe(customer);
    expect(withChanges(customer, { name: 'Asha' }, at)).toMatchObject({
      name: 'Asha',
      email: 'asha@example.com',
      version: 2n,
    });
    expect(withChanges(customer, { email: null }, at)).toMatchObject({ email: null, version: 2n });
  });

  it.each([
    [10, 5, 15],
    [98, 5, 100],
    [3, -5, 0],
    [0, -1, 0],
    [100, 100, 100],
  ])('moves a score of %i by %i to %i', (score, delta, expected) =>
    expect(engagementAfter(score, delta)).toBe(expected),
  );

  it('leaves nobody in the audit log', () => {
    const text = JSON.stringify(maskedProfile(customer));
    expect(text).not.toMatch(/Rao|98765|asha@|red/);
    expect(maskedProfile(customer)).toEqual({
      name: 'A…',
      phone: '…3210',
      email: 'a…@example.com',
      whatsappNumber: null,
      notes: '9 characters',
    });
  });
});
