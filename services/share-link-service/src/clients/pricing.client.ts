import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { ServiceClient } from '@reseller/http';
import { paiseToWire } from '@reseller/money';
import { CONFIG, type ShareLinkServiceConfig } from '../share-link-service.config.js';

const marginCheck = z.object({
  valid: z.boolean(),
  reason: z.enum(['PRICE_BELOW_BASE', 'PRICE_ABOVE_LIMIT']).nullable(),
  businessId: z.uuid(),
  basePricePaise: z.int(),
  maxSellerPricePaise: z.int(),
});
export type MarginCheck = z.infer<typeof marginCheck>;

@Injectable()
export class PricingClient implements OnApplicationShutdown {
  private readonly http: ServiceClient;

  constructor(@Inject(CONFIG) config: ShareLinkServiceConfig) {
    this.http = new ServiceClient({
      self: 'share-link',
      target: 'pricing',
      baseUrl: config.PRICING_SERVICE_URL,
      serviceSecret: config.INTERNAL_SERVICE_SECRET,
    });
  }

  /** @throws 404 PRODUCT_NOT_FOUND, 422 PRODUCT_INACTIVE, 503 or 504 when pricing cannot be asked. */
  checkMargin(productId: string, sellerPricePaise: bigint): Promise<MarginCheck> {
    const body = { productId, sellerPricePaise: paiseToWire(sellerPricePaise) };
    return this.http.post('/internal/margin-checks', body, marginCheck, { idempotent: true });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }
}
