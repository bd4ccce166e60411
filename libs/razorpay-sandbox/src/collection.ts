import type { Collection } from './entities.js';
import { invalidField } from './razorpay-error.js';

export interface ListQuery {
  readonly from?: string;
  readonly to?: string;
  readonly count?: string;
  readonly skip?: string;
}

const DEFAULT_COUNT = 10;
const MAX_COUNT = 100;

/** One page of a list in Razorpay's envelope. `from` and `to` are unix seconds, both inclusive. */
export function pageOf<Entity extends { readonly created_at: number }>(
  entities: readonly Entity[],
  query: ListQuery,
): Collection<Entity> {
  const count = wholeNumber('count', query.count, DEFAULT_COUNT);
  if (count < 1 || count > MAX_COUNT) throw invalidField('count', `The count must be between 1 and ${MAX_COUNT}.`);
  const skip = wholeNumber('skip', query.skip, 0);
  const from = wholeNumber('from', query.from, 0);
  const to = wholeNumber('to', query.to, Number.MAX_SAFE_INTEGER);
  const items = entities.filter((entity) => entity.created_at >= from && entity.created_at <= to);
  return collectionOf(items.slice(skip, skip + count));
}

export function collectionOf<Entity>(items: readonly Entity[]): Collection<Entity> {
  return { entity: 'collection', count: items.length, items };
}

function wholeNumber(field: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^\d{1,15}$/.test(text)) throw invalidField(field, `The ${field} must be an integer.`);
  return Number(text);
}
