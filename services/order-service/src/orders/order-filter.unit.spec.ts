import { describe, expect, it } from '@jest/globals';
import type { Identity } from '@reseller/http';
import { conditionsOf, whereOf } from './order-filter.js';

const MINE = '0195f000-0000-7000-8000-00000000000a';
const NAMED = '0195f000-0000-7000-8000-00000000000b';
const admin = (businessId: string | null) =>
  ({ userId: 'admin', roles: ['ADMIN'], businessId, isAdmin: true }) as unknown as Identity;

describe('a search', () => {
  it.each([
    ['the administrator’s business', {}, MINE, [MINE]],
    ['the business that is named', { businessId: NAMED }, null, [NAMED]],
    ['both', { businessId: NAMED }, MINE, [NAMED, MINE]],
    ['none', {}, null, []],
  ])('looks only among the words of %s', (_what, filter, businessId, expected) => {
    const { where, params } = whereOf(conditionsOf({ ...filter, search: 'asha' }, admin(businessId)));
    expect(where.match(/s\.business_id = /g) ?? []).toHaveLength(expected.length);
    expect(params).toEqual([...expected, "'asha':*", ...expected]);
  });
});
