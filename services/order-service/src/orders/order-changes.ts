import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import type { HistoryEntry, Order } from './order-state.js';
import { findOrders } from './order.repository.js';

/** An order of which somebody has been told up to a version. */
export interface FollowedOrder {
  readonly orderId: string;
  readonly version: number;
}

interface ChangesOfOrder {
  readonly order: Order;
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
}

// Whoever changes an order holds its row, so versions become visible one after the other: what is behind a version that
// has been seen is complete.
const CHANGES = `
select h.order_id as "orderId", h.version, h.what, h.from_status as "fromStatus", h.to_status as "toStatus",
  h.actor_role as "actorRole", h.actor_id as "actorId", h.reason, h.occurred_at as "occurredAt"
from unnest($1::uuid[], $2::int[]) as followed (order_id, version)
join order_history h on h.order_id = followed.order_id and h.version > followed.version
order by h.order_id, h.version`;

/** What has happened since to orders that are followed: one statement for all, and one more if there is anything. */
@Injectable()
export class OrderChanges {
  constructor(private readonly database: Database) {}

  /** @param followed each order once. @returns only those with changes, by order id */
  async since(followed: readonly FollowedOrder[]): Promise<ReadonlyMap<string, ChangesOfOrder>> {
    const ids = followed.map(({ orderId }) => orderId);
    const versions = followed.map(({ version }) => version);
    const rows = await this.database.query<HistoryEntry>(CHANGES, [ids, versions]);
    if (rows.length === 0) return new Map();
    // After their history, so that an order is never older than what is told of it.
    const orders = await findOrders(this.database, [...new Set(rows.map(({ orderId }) => orderId))]);
    return new Map(
      orders.map((order) => [order.id, { order, history: rows.filter(({ orderId }) => orderId === order.id) }]),
    );
  }
}
