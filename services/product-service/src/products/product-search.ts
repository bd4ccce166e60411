import type { Paise } from '@reseller/money';

export type ProductSort =
  { readonly field: 'createdAt' | 'name' | 'basePrice'; readonly descending: boolean } | 'relevance';

/** What a list of products is narrowed to; null means not narrowed. */
export interface ProductFilter {
  readonly q: string | null;
  /** With everything below it. */
  readonly categoryId: string | null;
  readonly businessId: string | null;
  readonly isActive: boolean | null;
  readonly inStock: boolean | null;
  readonly minPricePaise: Paise | null;
  readonly maxPricePaise: Paise | null;
  readonly tag: string | null;
  readonly sort: ProductSort;
  readonly skip: number;
  readonly take: number;
}

export interface SearchSql {
  readonly page: string;
  readonly count: string;
  readonly params: readonly unknown[];
}

const SEARCH_WORDS_MAX = 10;

/** Each word as a prefix, all of them wanted: `red sho` finds "Red running shoes". Null where there is no word in it. */
export function tsqueryOf(q: string): string | null {
  const words = q
    .toLowerCase()
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== '')
    .slice(0, SEARCH_WORDS_MAX);
  // Words hold letters, marks and digits alone, so nothing in them can end the quotes.
  return words.length === 0 ? null : words.map((word) => `'${word}':*`).join(' & ');
}

const BELOW = `category_id in (
  with recursive tree as (
    select id from categories where id = $N::uuid
    union
    select c.id from categories c join tree on c.parent_id = tree.id
  ) select id from tree)`;
const IN_STOCK =
  'exists (select 1 from variants v where v.product_id = p.id and v.is_active and v.deleted_at is null and v.stock > v.reserved)';
const COLUMNS = { createdAt: 'p.created_at', name: 'p.name', basePrice: 'p.base_price_paise' } as const;

/** The ids of a page and the count over all pages. Conditions appear only where they are asked for, so indexes can serve them. */
export function searchSql(filter: ProductFilter): SearchSql {
  const params: unknown[] = [];
  const conditions = ['p.deleted_at is null'];
  const where = (condition: string, value: unknown): void => {
    if (value === null) return;
    params.push(value);
    conditions.push(condition.replace('$N', `$${params.length}`));
  };
  where('p.is_active = $N::boolean', filter.isActive);
  where('p.business_id = $N::uuid', filter.businessId);
  where(`p.${BELOW}`, filter.categoryId);
  where('p.base_price_paise >= $N::bigint', filter.minPricePaise);
  where('p.base_price_paise <= $N::bigint', filter.maxPricePaise);
  where('p.tags @> array[$N::text]', filter.tag);
  if (filter.inStock !== null) conditions.push(filter.inStock ? IN_STOCK : `not ${IN_STOCK}`);
  // A search without a word in it ("???") finds nothing, rather than everything.
  const query = filter.q === null ? null : (tsqueryOf(filter.q) ?? "'\u0001'");
  where("p.search @@ to_tsquery('simple', $N::text)", query);
  const rank = query === null ? '' : `ts_rank_cd(p.search, to_tsquery('simple', $${params.length}::text)) desc, `;
  const from = `from products p where ${conditions.join(' and ')}`;
  return {
    page: `select p.id ${from} order by ${orderOf(filter.sort, rank)} limit ${filter.take} offset ${filter.skip}`,
    count: `select count(*) as total ${from}`,
    params,
  };
}

function orderOf(sort: ProductSort, rank: string): string {
  if (sort === 'relevance') return `${rank}p.created_at desc, p.id desc`;
  const direction = sort.descending ? 'desc' : 'asc';
  return `${COLUMNS[sort.field]} ${direction}, p.id ${direction}`;
}
