import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { ServiceClient } from '@reseller/http';
import { CONFIG, type ProductServiceConfig } from '../product-service.config.js';

const verdictSchema = z.object({
  wanted: z.array(z.string()),
  unknown: z.array(z.string()),
  cancelled: z.array(z.string()),
  converted: z.array(z.string()),
});
export type ReservationVerdict = z.infer<typeof verdictSchema>;

@Injectable()
export class OrderClient implements OnApplicationShutdown {
  private readonly orders: ServiceClient;

  constructor(@Inject(CONFIG) config: ProductServiceConfig) {
    this.orders = new ServiceClient({
      self: 'product',
      target: 'order',
      baseUrl: config.ORDER_SERVICE_URL,
      serviceSecret: config.INTERNAL_SERVICE_SECRET,
      timeoutMs: 5_000,
    });
  }

  /** Which of these orders still want what they reserved. @throws when the order service cannot be asked. */
  wantedReservations(orderIds: readonly string[]): Promise<ReservationVerdict> {
    return this.orders.post('/internal/orders/wanted-reservations', { orderIds }, verdictSchema, { idempotent: true });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.orders.close();
  }
}
