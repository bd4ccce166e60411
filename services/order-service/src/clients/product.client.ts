import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ServiceClient } from '@reseller/http';
import { z } from 'zod';
import { CONFIG, type OrderServiceConfig } from '../order-service.config.js';
import { clientOf } from './service-clients.js';

export interface StockItem {
  readonly variantId: string;
  readonly quantity: number;
}

const catalogueCountsSchema = z.object({ products: z.int(), categories: z.int() });

export type CatalogueCounts = z.infer<typeof catalogueCountsSchema>;

const reservationSchema = z.object({ reservationId: z.string() });

/** The product service: holds stock for an order that is being placed, and knows the catalogue. */
@Injectable()
export class ProductClient implements OnApplicationShutdown {
  private readonly client: ServiceClient;

  constructor(@Inject(CONFIG) config: OrderServiceConfig) {
    this.client = clientOf('product', config);
  }

  /**
   * All or nothing, once per order however often it is asked.
   *
   * @param expiresAt when the order stops waiting for its payment, for people to see; null: it waits for none
   * @throws 409 OUT_OF_STOCK with what is available.
   */
  async reserve(orderId: string, items: readonly StockItem[], expiresAt: Date | null): Promise<void> {
    const body = { ownerType: 'ORDER', ownerId: orderId, items, expiresAt: expiresAt?.toISOString() ?? null };
    await this.client.post('/internal/reservations', body, reservationSchema, { idempotent: true });
  }

  /** @param businessId null: of every business. */
  catalogueCounts(businessId: string | null): Promise<CatalogueCounts> {
    const query = businessId === null ? '' : `?businessId=${businessId}`;
    return this.client.get(`/internal/catalogue/counts${query}`, catalogueCountsSchema);
  }

  /** Gives the stock back and refuses a reservation of this order that is still on its way. */
  async release(orderId: string, reason: string): Promise<void> {
    const body = { ownerType: 'ORDER', ownerId: orderId, reason };
    await this.client.post('/internal/reservations/release', body, z.unknown(), { idempotent: true });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}
