import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ServiceClient } from '@reseller/http';
import { z } from 'zod';
import { CONFIG, type OrderServiceConfig } from '../order-service.config.js';
import { clientOf } from './service-clients.js';

export interface StockItem {
  readonly variantId: string;
  readonly quantity: number;
}

const reservationSchema = z.object({ reservationId: z.string() });

/** The product service: holds stock for an order that is being placed. */
@Injectable()
export class ProductClient implements OnApplicationShutdown {
  private readonly client: ServiceClient;

  constructor(@Inject(CONFIG) config: OrderServiceConfig) {
    this.client = clientOf('product', config);
  }

  /** All or nothing, once per order however often it is asked. @throws 409 OUT_OF_STOCK with what is available. */
  async reserve(orderId: string, items: readonly StockItem[]): Promise<void> {
    const body = { ownerType: 'ORDER', ownerId: orderId, items };
    await this.client.post('/internal/reservations', body, reservationSchema, { idempotent: true });
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
