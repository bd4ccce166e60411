import { describe, expect, it } from '@jest/globals';
import { administers, ANONYMOUS } from './identity.js';

describe('administers', () => {
  const admin = { ...ANONYMOUS, isAdmin: true, isAnonymous: false };

  it('lets an administrator of all into every business, one of a business into that one', () => {
    expect(administers(admin, 'a')).toBe(true);
    expect(administers({ ...admin, businessId: 'a' }, 'a')).toBe(true);
    expect(administers({ ...admin, businessId: 'a' }, 'b')).toBe(false);
  });

  it('takes nobody else for one, whatever business they belong to', () => {
    expect(administers({ ...admin, isAdmin: false, businessId: 'a' }, 'a')).toBe(false);
  });
});
