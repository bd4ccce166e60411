import { Injectable } from '@nestjs/common';
import { toPage, type Identity } from '@reseller/http';
import { Database } from '@reseller/persistence';
import { forbidden } from '@reseller/runtime';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';
import { afterCursor, cursorOf, readCursor } from './order-cursor.js';
import { orderOf } from './order-rows.js';
import type { HistoryEntry, Order } from './order-state.js';
import type { OrderList } from './order-view.js';
import { findOrder } from './order.repository.js';
import type { ListOrdersQuery } from './orders.schemas.js';

/** Counting stops here: telling a million orders from ten thousand is worth nobody's tenth of a second. */
const COUNTED_MAX = 10_000;

const isSelf = (id: string | undefined, caller: Identity): boolean =>
  id === 'self' || (id !== undefined && id === caller.userId);

/**
 * Whose orders a list shows. People see what they bought or, naming themselves as seller, what they earn on; an ADMIN
 * sees the business's.
 *
 * @throws 403 for anybody else's.
 */
function scopeOf({ userId, sellerId, businessId }: ListOrdersQuery, caller: Identity): Prisma.OrderWhereInput {
  const self = { userId: isSelf(userId, caller), sellerId: isSelf(sellerId, caller) };
  const named = {
    ...(userId === undefined ? {} : { userId: self.userId ? caller.userId : userId }),
    ...(sellerId === undefined ? {} : { sellerId: self.sellerId ? caller.userId : sellerId }),
    ...(businessId === undefined ? {} : { businessId }),
  };
  if (caller.isAdmin) return caller.businessId === null ? named : { ...named, AND: { businessId: caller.businessId } };
  if ((userId !== undefined && !self.userId) || (sellerId !== undefined && !self.sellerId)) {
    throw forbidden('FORBIDDEN', 'You may only list your own orders.');
  }
  return self.userId || self.sellerId ? named : { ...named, userId: caller.userId };
}

/** Each of these has an index that gives the rows in the list's order; `q` is an order number, whole. */
function filterOf(query: ListOrdersQuery): Prisma.OrderWhereInput {
  const { status, paymentStatus, fulfillmentStatus, from, to, q } = query;
  return {
    ...(status === undefined ? {} : { status }),
    ...(paymentStatus === undefined ? {} : { paymentStatus }),
    ...(fulfillmentStatus === undefined ? {} : { fulfillmentStatus }),
    ...(from === undefined && to === undefined
      ? {}
      : { createdAt: { ...(from === undefined ? {} : { gte: from }), ...(to === undefined ? {} : { lt: to }) } }),
    ...(q === undefined ? {} : { orderNumber: q.toUpperCase() }),
  };
}

/** Orders for reading. Lists are Prisma's; a single order comes through the statement that commands use too. */
@Injectable()
export class OrderQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  /** @param ref an order id or number. */
  async find(ref: string): Promise<Order | undefined> {
    return (await findOrder(this.database, ref))?.order;
  }

  /** One page, newest first unless asked otherwise. With `cursor` page 10,000 costs what page 1 costs. */
  async list(query: ListOrdersQuery, caller: Identity): Promise<OrderList> {
    const { skip, take, sort } = toPage(query);
    const where = { AND: [scopeOf(query, caller), filterOf(query)] };
    const cursor = query.cursor === undefined ? undefined : readCursor(query.cursor);
    const direction = sort.descending ? 'desc' : 'asc';
    const orderBy: Prisma.OrderOrderByWithRelationInput[] = [{ createdAt: direction }, { id: direction }];
    const [rows, counted] = await Promise.all([
      this.database.prisma.order.findMany({
        where: cursor === undefined ? where : { AND: [where, afterCursor(cursor, sort.descending)] },
        include: { lines: { orderBy: { position: 'asc' } } },
        orderBy,
        skip: cursor === undefined ? skip : 0,
        take: take + 1,
      }),
      // In the list's own order, or Prisma counts along the primary key.
      this.database.prisma.order.count({ where, orderBy, take: COUNTED_MAX + 1 }),
    ]);
    const orders = rows.slice(0, take).map(orderOf);
    const last = orders.at(-1);
    return {
      orders,
      total: Math.min(counted, COUNTED_MAX),
      totalIsLowerBound: counted > COUNTED_MAX,
      skip: cursor === undefined ? skip : 0,
      take,
      nextCursor: rows.length > take && last !== undefined ? cursorOf(last) : null,
    };
  }

  async history(orderId: string): Promise<HistoryEntry[]> {
    const rows = await this.database.prisma.orderHistory.findMany({ where: { orderId }, orderBy: { version: 'asc' } });
    // The rows are written by the repository from these very types.
    return rows as HistoryEntry[];
  }
}
