import { Injectable } from '@nestjs/common';
import { boundedTotal, COUNTED_MAX, toPage, type Identity } from '@reseller/http';
import { Database } from '@reseller/persistence';
import type { PrismaClient } from '../generated/prisma/client.js';
import { afterCursor, orderCursorOf, readOrderCursor } from './order-cursor.js';
import { conditionsOf, whereOf, type Condition, type OrderFilter } from './order-filter.js';
import { orderOf, type OrderRow } from './order-rows.js';
import type { HistoryEntry, Order } from './order-state.js';
import type { OrderList } from './order-view.js';
import { findOrder, ORDER_WITH_LINES } from './order.repository.js';
import type { OrderPaging } from './orders.schemas.js';

/** How many orders of an export are in memory at a time. */
const STRETCH_ORDERS = 500;

/** Which stretch of a list is read. */
interface Stretch {
  readonly descending: boolean;
  readonly skip: number;
  readonly take: number;
}

/** Orders for reading. A single order comes through the statement that commands use too. */
@Injectable()
export class OrderQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  /** @param ref an order id or number. */
  async find(ref: string): Promise<Order | undefined> {
    return (await findOrder(this.database, ref))?.order;
  }

  /** One page, newest first unless asked otherwise. With `cursor` page 10,000 costs what page 1 costs. */
  async list(query: OrderFilter & OrderPaging, caller: Identity): Promise<OrderList> {
    const { skip, take, sort } = toPage(query);
    const { descending } = sort;
    const conditions = conditionsOf(query, caller);
    const cursor = query.cursor === undefined ? undefined : afterCursor(readOrderCursor(query.cursor), descending);
    const [rows, counted] = await Promise.all([
      cursor === undefined
        ? this.read(conditions, { descending, skip, take: take + 1 })
        : this.read([...conditions, cursor], { descending, skip: 0, take: take + 1 }),
      this.count(conditions),
    ]);
    const orders = rows.slice(0, take);
    const last = orders.at(-1);
    return {
      orders,
      ...boundedTotal(counted),
      skip: cursor === undefined ? skip : 0,
      take,
      nextCursor: rows.length > take && last !== undefined ? orderCursorOf(last) : null,
    };
  }

  /** What the caller bought. Of a guest nothing is remembered: each order has its own token. */
  async mine(query: OrderFilter & OrderPaging, caller: Identity): Promise<OrderList> {
    if (!caller.isAnonymous) return this.list({ ...query, userId: 'self' }, caller);
    const { skip, take } = toPage(query);
    return { orders: [], total: 0, totalIsLowerBound: false, skip, take, nextCursor: null };
  }

  /** All that a filter finds, newest first, read a stretch at a time. @throws 403 as `list`. */
  all(filter: OrderFilter, caller: Identity): AsyncGenerator<Order> {
    return this.stretches(conditionsOf(filter, caller));
  }

  private async *stretches(conditions: readonly Condition[]): AsyncGenerator<Order> {
    for (let last: Order | undefined; ;) {
      const from = last === undefined ? conditions : [...conditions, afterCursor(last, true)];
      const orders = await this.read(from, { descending: true, skip: 0, take: STRETCH_ORDERS });
      yield* orders;
      if (orders.length < STRETCH_ORDERS) return;
      last = orders.at(-1);
    }
  }

  /** The newest orders of a business, or of all. */
  latest(businessId: string | null, take: number): Promise<Order[]> {
    const conditions = businessId === null ? [] : [{ sql: 'o.business_id = $::uuid', values: [businessId] }];
    return this.read(conditions, { descending: true, skip: 0, take });
  }

  async history(orderId: string): Promise<HistoryEntry[]> {
    const rows = await this.database.prisma.orderHistory.findMany({ where: { orderId }, orderBy: { version: 'asc' } });
    // The rows are written by the repository from these very types.
    return rows as HistoryEntry[];
  }

  // Not through `database.query`: it names a prepared statement per text, and these texts are as many as the filters.

  private async read(conditions: readonly Condition[], { descending, skip, take }: Stretch): Promise<Order[]> {
    const { where, params } = whereOf(conditions);
    const direction = descending ? 'desc' : 'asc';
    const rows = await this.database.prisma.$queryRawUnsafe<OrderRow[]>(
      `select ${ORDER_WITH_LINES} from orders o ${where}
       order by o.created_at ${direction}, o.id ${direction} offset ${skip} limit ${take}`,
      ...params,
    );
    return rows.map(orderOf);
  }

  private async count(conditions: readonly Condition[]): Promise<number> {
    const { where, params } = whereOf(conditions);
    // In the list's own order, or the count runs along another index than the one that finds the rows.
    const [row] = await this.database.prisma.$queryRawUnsafe<{ counted: bigint }[]>(
      `select count(*) as counted from (
         select 1 from orders o ${where} order by o.created_at desc, o.id desc limit ${COUNTED_MAX + 1}) found`,
      ...params,
    );
    return Number(row?.counted ?? 0n);
  }
}
