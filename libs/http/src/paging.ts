import { z } from 'zod';
import { invalid } from '@reseller/runtime';
import { wholeNumber } from './wire.js';

const TAKE_MAX = 100;
const TAKE_DEFAULT = 20;
/** Deep offsets cost what they skip; beyond this a client should filter or use a cursor. */
const SKIP_MAX = 1_000_000;

const count = (max: number, min = 0) => wholeNumber(min, max).optional();

/**
 * The query of every list: `skip`/`take` or `page`/`limit`, and `sort=field` or `sort=-field` over the allowed fields.
 * Spread it into the list's own strict schema: `z.strictObject({ ...pageQuery(['createdAt']), status: … })`.
 */
export function pageQuery<const Field extends string>(
  sortable: readonly [Field, ...Field[]],
  fallback?: Field | `-${Field}`,
) {
  const values: (Field | `-${Field}`)[] = sortable.flatMap((field) => [field, `-${field}` as const]);
  const byDefault: Field | `-${Field}` = fallback ?? `-${sortable[0]}`;
  return {
    skip: count(SKIP_MAX),
    take: count(TAKE_MAX, 1),
    page: count(SKIP_MAX, 1),
    limit: count(TAKE_MAX, 1),
    sort: z
      .enum(values)
      .optional()
      .transform((sort): Field | `-${Field}` => sort ?? byDefault),
  };
}

export interface PageRequest<Field extends string = string> {
  readonly skip: number;
  readonly take: number;
  readonly sort: { readonly field: Field; readonly descending: boolean };
}

/**
 * One reading of both spellings; `skip`/`take` win where both are sent.
 *
 * @throws 400 VALIDATION_FAILED for a page that lies further than one may skip.
 */
export function toPage<Field extends string>(query: {
  skip?: number | undefined;
  take?: number | undefined;
  page?: number | undefined;
  limit?: number | undefined;
  sort: Field | `-${Field}`;
}): PageRequest<Field> {
  const take = query.take ?? query.limit ?? TAKE_DEFAULT;
  const skip = query.skip ?? (query.page === undefined ? 0 : (query.page - 1) * take);
  if (skip > SKIP_MAX) {
    throw invalid('VALIDATION_FAILED', 'The request is not valid; see errors.', {
      errors: [{ path: 'page', message: `must not lie beyond the first ${SKIP_MAX} entries: filter, or use a cursor` }],
    });
  }
  const descending = query.sort.startsWith('-');
  // The schema admitted only `field` and `-field`, which the template type cannot express backwards.
  const field = (descending ? query.sort.slice(1) : query.sort) as Field;
  return { skip, take, sort: { field, descending } };
}

export interface Page<T> {
  readonly data: readonly T[];
  readonly total: number;
  readonly skip: number;
  readonly take: number;
}

/** Counting a long list stops here: telling a million entries from ten thousand is worth nobody's tenth of a second. */
export const COUNTED_MAX = 10_000;

export interface BoundedTotal {
  readonly total: number;
  /** There are more than `total`. */
  readonly totalIsLowerBound: boolean;
}

/** @param counted at most one more than {@link COUNTED_MAX} */
export const boundedTotal = (counted: number | bigint): BoundedTotal => ({
  total: Math.min(Number(counted), COUNTED_MAX),
  totalIsLowerBound: counted > COUNTED_MAX,
});

/** A page of a list that is counted as far as {@link COUNTED_MAX}. */
export type BoundedPage<T> = Page<T> & BoundedTotal;

/** The answer schema of a list. */
export function pageOf<S extends z.ZodType>(item: S) {
  return z.object({
    data: z.array(item),
    total: z.int(),
    skip: z.int(),
    take: z.int(),
    nextCursor: z.string().nullable().optional(),
  });
}

/** {@link pageOf} a list that is counted as far as {@link COUNTED_MAX}. */
export const boundedPageOf = <S extends z.ZodType>(item: S) =>
  pageOf(item).extend({
    totalIsLowerBound: z.boolean().describe('There are more than `total`: counting stops there.'),
  });
