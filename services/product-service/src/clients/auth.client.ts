import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { businessSchema } from '@reseller/contracts';
import { ServiceClient } from '@reseller/http';
import { z } from 'zod';
import { CONFIG, type ProductServiceConfig } from '../product-service.config.js';

const businessAnswerSchema = businessSchema.pick({ businessId: true, name: true, isActive: true }).extend({
  version: z.int(),
});

@Injectable()
export class AuthClient implements OnApplicationShutdown {
  private readonly client: ServiceClient;

  constructor(@Inject(CONFIG) config: ProductServiceConfig) {
    this.client = new ServiceClient({
      self: 'product',
      target: 'auth',
      baseUrl: config.AUTH_SERVICE_URL,
      serviceSecret: config.INTERNAL_SERVICE_SECRET,
    });
  }

  /** Undefined for an unknown business. @throws 503 or 504 when auth cannot be asked. */
  business(businessId: string): Promise<z.infer<typeof businessAnswerSchema> | undefined> {
    return this.client.find(`/internal/businesses/${businessId}`, businessAnswerSchema);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}
