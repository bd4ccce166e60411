import type { Identity } from '@reseller/http';
import { forbidden } from '@reseller/runtime';
import { searchQueryOf } from './order-search.js';
import type { FulfillmentStatus, OrderStatus, PaymentStatus } from './order-status.js';

/** Which orders a list, a search or an export is about. */
export interface OrderFilter {
  /** An id, or `self`. */
  readonly userId?: string | undefined;
  readonly sellerId?: string | undefined;
  readonly customerId?: string | undefined;
  readonly businessId?: string | undefined;
  readonly status?: OrderStatus | readonly OrderStatus[] | undefined;
  readonly paymentStatus?: PaymentStatus | undefined;
  readonly fulfillmentStatus?: FulfillmentStatus | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** An order number, whole. */
  readonly q?: string | undefined;
  /** What {@link searchQueryOf} reads. */
  readonly search?: string | undefined;
}

/** An SQL condition on `orders o`, with what it compares with. */
export interface Condition {
  /** Each `$` stands for the next of the values. */
  readonly sql: string;
  readonly values: readonly unknown[];
}

const OF_BUSINESS = 'o.business_id = $::uuid';

const isSelf = (id: string | undefined, caller: Identity): boolean =>
  id === 'self' || (id !== undefined && id === caller.userId);

const when = (value: unknown, sql: string): Condition[] => (value === undefined ? [] : [{ sql, values: [value] }]);

/**
 * Whose orders a list shows. People see what they bought or, naming themselves as seller, what they earn on; an ADMIN
 * sees the business's, and what they bought themselves anywhere.
 */
function scopeOf({ userId, sellerId, businessId }: OrderFilter, caller: Identity): Condition[] {
  const isBuyer = isSelf(userId, caller);
  const isSeller = isSelf(sellerId, caller);
  const named = [
    ...when(isBuyer ? caller.userId : userId, 'o.user_id = $::uuid'),
    ...when(isSeller ? caller.userId : sellerId, 'o.seller_id = $::uuid'),
    ...when(businessId, OF_BUSINESS),
  ];
  if (isBuyer) return named;
  if (caller.isAdmin) return [...named, ...when(caller.businessId ?? undefined, OF_BUSINESS)];
  return isSeller ? named : [...named, { sql: 'o.user_id = $::uuid', values: [caller.userId] }];
}

function requireOwn(filter: OrderFilter, caller: Identity): void {
  const isOwn = (id: string | undefined): boolean => id === undefined || isSelf(id, caller);
  if (caller.isAdmin || (isOwn(filter.userId) && isOwn(filter.sellerId))) return;
  throw forbidden('FORBIDDEN', 'You may only list your own orders.');
}

function statusCondition(status: OrderFilter['status']): Condition[] {
  if (status === undefined) return [];
  return typeof status === 'string'
    ? [{ sql: 'o.status = $', values: [status] }]
    : [{ sql: 'o.status = any($::text[])', values: [status] }];
}

/** Within the businesses of the scope, where it has any: the words of all others' orders are none of its. */
function searchCondition(search: string | undefined, scope: readonly Condition[]): Condition[] {
  if (search === undefined) return [];
  const query = searchQueryOf(search);
  if (query === null) return [{ sql: 'o.id = $::uuid', values: [null] }];
  const businesses = scope.filter(({ sql }) => sql === OF_BUSINESS);
  const within = businesses.map(() => ' and s.business_id = $::uuid').join('');
  return [
    {
      sql: `o.id in (select s.order_id from order_search s where s.words @@ $::tsquery${within})`,
      values: [query, ...businesses.flatMap(({ values }) => values)],
    },
  ];
}

/**
 * The orders that the caller may see and asks for. Each condition but `search` has an index that gives rows in the
 * list's order.
 *
 * @throws 403 where somebody else's are asked for.
 */
export function conditionsOf(filter: OrderFilter, caller: Identity): Condition[] {
  requireOwn(filter, caller);
  const scope = scopeOf(filter, caller);
  return [
    ...scope,
    ...when(filter.customerId, 'o.customer_id = $::uuid'),
    ...statusCondition(filter.status),
    ...when(filter.paymentStatus, 'o.payment_status = $'),
    ...when(filter.fulfillmentStatus, 'o.fulfillment_status = $'),
    ...when(filter.from, 'o.created_at >= $::timestamptz'),
    ...when(filter.to, 'o.created_at < $::timestamptz'),
    ...when(filter.q?.toUpperCase(), 'o.order_number = $'),
    ...searchCondition(filter.search, scope),
  ];
}

/** The conditions as one `where`, whose parameters are numbered from `$1`. */
export function whereOf(conditions: readonly Condition[]): { where: string; params: unknown[] } {
  let last = 0;
  const texts = conditions.map(({ sql }) => sql.replaceAll('$', () => `$${(last += 1)}`));
  const where = texts.length === 0 ? '' : `where ${texts.join(' and ')}`;
  return { where, params: conditions.flatMap(({ values }) => values) };
}
