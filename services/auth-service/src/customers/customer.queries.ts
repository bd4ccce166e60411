import { Injectable } from '@nestjs/common';
import {
  boundedTotal,
  readCursor,
  toPage,
  writeCursor,
  type Identity,
  type Page,
  type PageRequest,
} from '@reseller/http';
import { paiseFromRupees } from '@reseller/money';
import { Database } from '@reseller/persistence';
import { notFound } from '@reseller/runtime';
import { z } from 'zod';
import type { CustomerEngagementChange, PrismaClient } from '../generated/prisma/client.js';
import type { Customer } from './customer.js';
import { businessInView } from './customer-business.js';
import { findCustomer } from './customer.repository.js';
import {
  CUSTOMER_ROW,
  customerSearchSql,
  placeOf,
  type CustomerFilter,
  type CustomerPlace,
  type CustomerRow,
  type CustomerSort,
} from './customer-search.js';
import { SEGMENT_RULES, SEGMENTS, type Segment } from './customer-segments.js';
import type { ListCustomersQuery, TopCustomersQuery } from './customers.schemas.js';

export const customerNotFound = () => notFound('CUSTOMER_NOT_FOUND', 'There is no such customer.');

const EVERYBODY: CustomerFilter = {
  businessId: null,
  q: null,
  qDigits: null,
  segment: null,
  userId: null,
  minSpentPaise: null,
  maxSpentPaise: null,
  lastOrderFrom: null,
  lastOrderTo: null,
};

const PHONE_LIKE = /^[+\d\s().-]{3,}$/;
const ROW_BY_ID = `select ${CUSTOMER_ROW} from customers where id = $1 and deleted_at is null`;
const COUNTS = SEGMENTS.map((segment) => `count(*) filter (where ${SEGMENT_RULES[segment].condition}) as "${segment}"`);
const SEGMENT_COUNTS = `select count(*) as total, ${COUNTS.join(', ')} from customers
  where deleted_at is null and ($1::uuid is null or business_id = $1)`;

const whole = (digits: number) => z.string().regex(new RegExp(`^\\d{1,${digits}}$`));
const PLACE_VALUES = {
  createdAt: z.iso.datetime(),
  lastOrderDate: z.union([z.iso.datetime(), z.literal('-infinity')]),
  totalSpent: whole(17),
  totalOrders: whole(9),
  engagementScore: whole(3),
} as const satisfies Record<CustomerSort, z.ZodType<string>>;

const optional = <In, Out>(value: In | undefined, read: (given: In) => Out): Out | null =>
  value === undefined ? null : read(value);

function filterOf(query: ListCustomersQuery, caller: Identity): CustomerFilter {
  const { q } = query;
  const digits = q !== undefined && PHONE_LIKE.test(q) ? q.replace(/\D/g, '').replace(/^0+/, '') : '';
  return {
    businessId: businessInView(caller, query.businessId),
    q: q ?? null,
    qDigits: digits === '' ? null : digits,
    segment: query.segment ?? null,
    userId: query.userId ?? null,
    minSpentPaise: optional(query.minSpent, paiseFromRupees),
    maxSpentPaise: optional(query.maxSpent, paiseFromRupees),
    lastOrderFrom: optional(query.lastOrderFrom, (text) => new Date(text)),
    lastOrderTo: optional(query.lastOrderTo, (text) => new Date(text)),
  };
}

export interface CustomerPage extends Page<CustomerRow> {
  readonly nextCursor: string | null;
  /** There are more than `total`: counting stops there. */
  readonly totalIsLowerBound: boolean;
}

/** Customers for reading; deleted ones are nobody's to see. */
@Injectable()
export class CustomerQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  /** For other services. @throws 404 */
  async byId(id: string): Promise<Customer> {
    const customer = await findCustomer(this.database, id);
    if (customer === undefined) throw customerNotFound();
    return customer;
  }

  /** @throws 404 also for another business's. */
  async visible(id: string, { businessId }: Pick<Identity, 'businessId'>): Promise<CustomerRow> {
    const [row] = await this.database.query<CustomerRow>(ROW_BY_ID, [id]);
    if (row === undefined || (businessId !== null && row.businessId !== businessId)) throw customerNotFound();
    return row;
  }

  /** One page. With `cursor` page 10,000 costs what page 1 costs. @throws 403 for another business's. */
  async list(query: ListCustomersQuery, caller: Identity): Promise<CustomerPage> {
    const asked = toPage(query);
    const sort = query.sortBy === undefined ? asked.sort : { field: query.sortBy, descending: query.order === 'desc' };
    const after = query.cursor === undefined ? null : placeFrom(query.cursor, sort.field);
    const skip = after === null ? asked.skip : 0;
    return this.search(filterOf(query, caller), { ...asked, skip, sort }, after);
  }

  /** The first of them by a figure. */
  top({ businessId, limit, sortBy }: TopCustomersQuery, caller: Identity): Promise<CustomerPage> {
    const filter = { ...EVERYBODY, businessId: businessInView(caller, businessId) };
    return this.search(filter, { skip: 0, take: limit, sort: { field: sortBy, descending: true } }, null);
  }

  /** How many are in each segment, counted at one moment: they add up to the total. */
  async segments(named: string | undefined, caller: Identity) {
    const businessId = businessInView(caller, named);
    const [row] = await this.database.query<Record<Segment | 'total', bigint>>(SEGMENT_COUNTS, [businessId]);
    if (row === undefined) throw new Error('a count returned no row');
    const segments = SEGMENTS.map((segment) => {
      return { segment, rule: SEGMENT_RULES[segment].rule, customers: Number(row[segment]) };
    });
    return { businessId, total: Number(row.total), segments };
  }

  /** How the score of one came about. @throws 404 also for another business's. */
  async engagement(
    id: string,
    { skip, take, sort }: PageRequest<'occurredAt'>,
    caller: Identity,
  ): Promise<Page<CustomerEngagementChange>> {
    await this.visible(id, caller);
    const { customerEngagementChange } = this.database.prisma;
    const where = { customerId: id };
    const order = sort.descending ? 'desc' : 'asc';
    const [data, total] = await Promise.all([
      customerEngagementChange.findMany({ where, orderBy: [{ occurredAt: order }, { id: order }], skip, take }),
      customerEngagementChange.count({ where }),
    ]);
    return { data, total, skip, take };
  }

  private async search(
    filter: CustomerFilter,
    { skip, take, sort }: PageRequest<CustomerSort>,
    after: CustomerPlace | null,
  ): Promise<CustomerPage> {
    const { prisma } = this.database;
    const sql = customerSearchSql(filter, { ...sort, skip, take, after });
    // Not through `database.query`: it names a prepared statement per text, and these texts are as many as the filters.
    const [rows, counts] = await Promise.all([
      prisma.$queryRawUnsafe<CustomerRow[]>(sql.page, ...sql.pageParams),
      prisma.$queryRawUnsafe<{ counted: bigint }[]>(sql.count, ...sql.countParams),
    ]);
    const data = rows.slice(0, take);
    const last = data.at(-1);
    const nextCursor = rows.length > take && last !== undefined ? cursorAfter(last, sort.field) : null;
    return { data, ...boundedTotal(counts[0]?.counted ?? 0n), skip, take, nextCursor };
  }
}

function cursorAfter(customer: Customer, field: CustomerSort): string {
  const { value, id } = placeOf(customer, field);
  return writeCursor([field, value, id]);
}

/** @throws 400 for what is no `nextCursor` of a list in this order. */
function placeFrom(cursor: string, field: CustomerSort): CustomerPlace {
  const [, value, id] = readCursor(cursor, z.tuple([z.literal(field), PLACE_VALUES[field], z.uuid()]));
  return { value, id };
}
