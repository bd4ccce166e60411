import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { businessSchema } from '@reseller/contracts';
import type { ServiceClient } from '@reseller/http';
import { z } from 'zod';
import { accountSchema, type Account } from '../copies/account.js';
import { CONFIG, type OrderServiceConfig } from '../order-service.config.js';
import { clientOf } from './service-clients.js';

const version = z.int().nonnegative().default(0);
const userAnswerSchema = accountSchema.extend({ version });
const businessAnswerSchema = businessSchema.extend({ version });

export type Business = z.infer<typeof businessSchema>;

/** The auth service, asked only for accounts and businesses whose events have not arrived here. */
@Injectable()
export class AuthClient implements OnApplicationShutdown {
  private readonly client: ServiceClient;

  constructor(@Inject(CONFIG) config: OrderServiceConfig) {
    this.client = clientOf('auth', config);
  }

  /** @throws 404 when there is no such account. */
  async account(userId: string): Promise<{ version: number; account: Account }> {
    const { version: at, ...account } = await this.client.get(`/internal/users/${userId}`, userAnswerSchema);
    return { version: at, account };
  }

  /** @throws 404 when there is no such business. */
  async business(businessId: string): Promise<{ version: number; business: Business }> {
    const { version: at, ...business } = await this.client.get(
      `/internal/businesses/${businessId}`,
      businessAnswerSchema,
    );
    return { version: at, business };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}
