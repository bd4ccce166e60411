import { COUNTED_MAX } from '@reseller/http';
import { containsPattern } from '@reseller/persistence';
import type { Customer } from './customer.js';
import { CUSTOMER_COLUMNS } from './customer.repository.js';
import { LAST_ORDER, SEGMENT_OF_ROW, SEGMENT_RULES, type Segment } from './customer-segments.js';

export const CUSTOMER_SORTS = ['createdAt', 'totalSpent', 'totalOrders', 'lastOrderDate', 'engagementScore'] as const;
export type CustomerSort = (typeof CUSTOMER_SORTS)[number];

interface SortRule {
  readonly expression: string;
  readonly type: string;
  /** Where a customer stands in this order, as text that Postgres reads back. */
  readonly placeOf: (customer: Customer) => string;
}

/** Each has an index that gives a business's rows in this order. */
const SORT_RULES: Readonly<Record<CustomerSort, SortRule>> = {
  createdAt: { expression: 'created_at', type: 'timestamptz', placeOf: (row) => row.createdAt.toISOString() },
  totalSpent: { expression: 'total_spent_paise', type: 'bigint', placeOf: (row) => String(row.totalSpentPaise) },
  totalOrders: { expression: 'total_orders', type: 'integer', placeOf: (row) => String(row.totalOrders) },
  lastOrderDate: {
    expression: LAST_ORDER,
    type: 'timestamptz',
    placeOf: (row) => row.lastOrderAt?.toISOString() ?? '-infinity',
  },
  engagementScore: { expression: 'engagement_score', type: 'integer', placeOf: (row) => String(row.engagementScore) },
};

/** The index on parts of words has them by three letters. */
const INDEXED_TEXT_MIN = 3;

/** Where a page ended. */
export interface CustomerPlace {
  readonly value: string;
  readonly id: string;
}

/** What a list of customers is narrowed to; null means not narrowed. */
export interface CustomerFilter {
  readonly businessId: string | null;
  readonly q: string | null;
  /** The digits of `q`, where it may be part of a phone number. */
  readonly qDigits: string | null;
  readonly segment: Segment | null;
  readonly userId: string | null;
  readonly minSpentPaise: bigint | null;
  readonly maxSpentPaise: bigint | null;
  readonly lastOrderFrom: Date | null;
  /** Exclusive. */
  readonly lastOrderTo: Date | null;
}

export interface CustomerOrder {
  readonly field: CustomerSort;
  readonly descending: boolean;
  readonly skip: number;
  readonly take: number;
  readonly after: CustomerPlace | null;
}

export interface CustomerSearchSql {
  /** One row more than was asked for, where there is a next page. */
  readonly page: string;
  readonly pageParams: readonly unknown[];
  readonly count: string;
  readonly countParams: readonly unknown[];
}

/** A row of a list: the customer and where the rules put them. */
export type CustomerRow = Customer & { readonly segment: Segment };

export const CUSTOMER_ROW = `${CUSTOMER_COLUMNS}, ${SEGMENT_OF_ROW} as segment`;

export const placeOf = (customer: Customer, field: CustomerSort): CustomerPlace => ({
  value: SORT_RULES[field].placeOf(customer),
  id: customer.id,
});

/** Conditions appear only where they are asked for, so that indexes can serve them. */
export function customerSearchSql(filter: CustomerFilter, order: CustomerOrder): CustomerSearchSql {
  const params: unknown[] = [];
  const conditions = ['deleted_at is null'];
  const where = (condition: string, value: unknown): void => {
    if (value === null) return;
    params.push(value);
    conditions.push(condition.replaceAll('$N', `$${params.length}`));
  };
  where('business_id = $N::uuid', filter.businessId);
  where('user_id = $N::uuid', filter.userId);
  where('total_spent_paise >= $N::bigint', filter.minSpentPaise);
  where('total_spent_paise <= $N::bigint', filter.maxSpentPaise);
  where('last_order_at >= $N::timestamptz', filter.lastOrderFrom);
  where('last_order_at < $N::timestamptz', filter.lastOrderTo);
  if (filter.segment !== null) conditions.push(SEGMENT_RULES[filter.segment].condition);
  if (filter.q !== null) {
    params.push(containsPattern(filter.q), filter.qDigits === null ? null : containsPattern(filter.qDigits));
    const [text, digits] = [`$${params.length - 1}::text`, `$${params.length}::text`];
    conditions.push(
      `(name ilike ${text} or email ilike ${text} or phone like ${digits} or whatsapp_number like ${digits})`,
    );
  }
  const countParams = [...params];
  const isIndexed = (filter.q?.length ?? 0) >= INDEXED_TEXT_MIN;
  const { expression, type } = SORT_RULES[order.field];
  const [direction, beyond] = order.descending ? ['desc', '<'] : ['asc', '>'];
  const inOrder = `order by ${expression} ${direction}, id ${direction}`;
  // In the list's own order, or the count runs along another index than the one that finds the rows; a search has its own.
  const count = `select count(*) as counted from (
    select 1 from ${rowsWhere(conditions, isIndexed)} ${isIndexed ? '' : inOrder} limit ${COUNTED_MAX + 1}) found`;
  if (order.after !== null) {
    params.push(order.after.value, order.after.id);
    const place = `$${params.length - 1}::text::${type}, $${params.length}::uuid`;
    conditions.push(`(${expression}, id) ${beyond} (${place})`);
  }
  const page = `select ${CUSTOMER_ROW} from ${rowsWhere(conditions, isIndexed)}
    ${inOrder} limit ${order.take + 1} offset ${order.skip}`;
  return { page, pageParams: params, count, countParams };
}

/**
 * A search is found first and put in order then (`offset 0` keeps the two apart): Postgres cannot tell how rare a part of a
 * word is, and would rather walk through all of a business's customers in order until it has met enough.
 */
function rowsWhere(conditions: readonly string[], isSearch: boolean): string {
  const where = conditions.join(' and ');
  return isSearch ? `(select * from customers where ${where} offset 0) customers` : `customers where ${where}`;
}
