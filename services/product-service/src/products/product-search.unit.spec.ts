import { describe, expect, it } from '@jest/globals';
import { searchSql, tsqueryOf, type ProductFilter } from './product-search.js';

describe('the text query', () => {
  it.each([
    ['Red  Shoes', "'red':* & 'shoes':*"],
    ['AB-12/x', "'ab':* & '12':* & 'x':*"],
    ["'); drop", "'drop':*"],
    ['साड़ी', "'साड़ी':*"],
    ['???', null],
  ])('of %j is %j', (q, query) => expect(tsqueryOf(q)).toBe(query));

  it('reads ten words at most', () => expect(tsqueryOf('a '.repeat(50))?.split('&')).toHaveLength(10));
});

describe('the list’s SQL', () => {
  const nothing: ProductFilter = {
    q: null,
    categoryId: null,
    businessId: null,
    isActive: null,
    inStock: null,
    minPricePaise: null,
    maxPricePaise: null,
    tag: null,
    sort: { field: 'createdAt', descending: true },
    skip: 0,
    take: 20,
  };

  it('has only the conditions that are asked for', () => {
    const { page, params } = searchSql(nothing);
    expect(params).toEqual([]);
    expect(page).toBe(
      'select p.id from products p where p.deleted_at is null order by p.created_at desc, p.id desc limit 20 offset 0',
    );
  });

  it('carries every value as a parameter, numbered as it comes', () => {
    const { page, count, params } = searchSql({
      ...nothing,
      q: 'red',
      isActive: true,
      tag: "x'y",
      minPricePaise: 5n,
      sort: 'relevance',
    });
    expect(params).toEqual([true, 5n, "x'y", "'red':*"]);
    expect(page).not.toContain("x'y");
    expect(page).toContain("ts_rank_cd(p.search, to_tsquery('simple', $4::text)) desc");
    expect(count).toContain(
      'p.is_active = $1::boolean and p.base_price_paise >= $2::bigint and p.tags @> array[$3::text]',
    );
  });
});
