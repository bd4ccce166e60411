import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { orderSnapshotSchema } from '@reseller/contracts';
import { ServiceClient } from '@reseller/http';
import { z } from 'zod';
import { CONFIG, type PaymentServiceConfig } from '../payment-service.config.js';

const payableSchema = orderSnapshotSchema.extend({
  status: z.string(),
  payable: z.boolean(),
  reason: z.string().optional(),
  payablePaise: z.int().nonnegative(),
  paymentExpiresAt: z.string().nullable(),
  orderTokenOk: z.boolean().optional(),
});
/** What is owed on an order, to whom and by whom. */
export type Payable = z.infer<typeof payableSchema>;

/** The order service: the only one that knows what is owed. */
@Injectable()
export class OrderClient implements OnApplicationShutdown {
  private readonly client: ServiceClient;

  constructor(@Inject(CONFIG) config: PaymentServiceConfig) {
    this.client = new ServiceClient({
      self: 'payment',
      target: 'order',
      baseUrl: config.ORDER_SERVICE_URL,
      serviceSecret: config.INTERNAL_SERVICE_SECRET,
    });
  }

  /**
   * @param ref the order's id or number
   * @param orderToken a guest's; `orderTokenOk` says whether it is this order's
   * @throws 404 ORDER_NOT_FOUND, 503 or 504 where the order service does not answer
   */
  payable(ref: string, orderToken: string | null = null): Promise<Payable> {
    const query = orderToken === null ? '' : `?orderToken=${encodeURIComponent(orderToken)}`;
    return this.client.get(`/internal/orders/${encodeURIComponent(ref)}/payable${query}`, payableSchema);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}
