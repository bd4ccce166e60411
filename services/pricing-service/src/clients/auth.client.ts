import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { businessSchema } from '@reseller/contracts';
import { ServiceClient } from '@reseller/http';
import { CONFIG, type PricingServiceConfig } from '../pricing-service.config.js';

const businessAnswer = businessSchema.extend({ version: z.int().optional() });
export type BusinessAnswer = z.infer<typeof businessAnswer>;

@Injectable()
export class AuthClient implements OnApplicationShutdown {
  private readonly http: ServiceClient;

  constructor(@Inject(CONFIG) config: PricingServiceConfig) {
    this.http = new ServiceClient({
      self: 'pricing',
      target: 'auth',
      baseUrl: config.AUTH_SERVICE_URL,
      serviceSecret: config.INTERNAL_SERVICE_SECRET,
    });
  }

  /** @throws 404 for an unknown business; 503 or 504 when auth cannot be asked. */
  findBusiness(businessId: string): Promise<BusinessAnswer> {
    return this.http.get(`/internal/businesses/${businessId}`, businessAnswer);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }
}
