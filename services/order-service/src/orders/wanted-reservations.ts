import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import type { OrderStatus } from './order-status.js';

export interface WantedReservations {
  readonly wanted: string[];
  readonly unknown: string[];
  readonly cancelled: string[];
  readonly converted: string[];
}

/** Tells product which reservations orders live on. What is unknown was reserved for an order that was never written. */
@Injectable()
export class WantedReservationsQuery {
  constructor(private readonly database: Database) {}

  async of(orderIds: readonly string[]): Promise<WantedReservations> {
    const rows = await this.database.query<{ id: string; status: OrderStatus }>(
      'select id, status from orders where id = any($1::uuid[])',
      [orderIds],
    );
    const statuses = new Map(rows.map(({ id, status }) => [id, status]));
    const whose = (wants: (status: OrderStatus | undefined) => boolean): string[] =>
      orderIds.filter((id) => wants(statuses.get(id)));
    return {
      wanted: whose((status) => status === 'PENDING'),
      unknown: whose((status) => status === undefined),
      cancelled: whose((status) => status === 'CANCELLED'),
      converted: whose((status) => status !== undefined && status !== 'PENDING' && status !== 'CANCELLED'),
    };
  }
}
