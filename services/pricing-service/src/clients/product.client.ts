import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { productSchema } from '@reseller/contracts';
import { ServiceClient } from '@reseller/http';
import { CONFIG, type PricingServiceConfig } from '../pricing-service.config.js';

const productAnswer = productSchema.extend({ version: z.int() });
export type ProductAnswer = z.infer<typeof productAnswer>;

@Injectable()
export class ProductClient implements OnApplicationShutdown {
  private readonly http: ServiceClient;

  constructor(@Inject(CONFIG) config: PricingServiceConfig) {
    this.http = new ServiceClient({
      self: 'pricing',
      target: 'product',
      baseUrl: config.PRODUCT_SERVICE_URL,
      serviceSecret: config.INTERNAL_SERVICE_SECRET,
    });
  }

  /** Undefined for a product that does not exist. @throws 503 or 504 when product cannot be asked. */
  findProduct(productId: string): Promise<ProductAnswer | undefined> {
    return this.http.find(`/internal/products/${productId}`, productAnswer);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }
}
