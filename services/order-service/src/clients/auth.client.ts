import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { businessSchema } from '@reseller/contracts';
import type { ServiceClient } from '@reseller/http';
import { z } from 'zod';
import { accountSchema, type Account } from '../copies/account.js';
import { CONFIG, type OrderServiceConfig } from '../order-service.config.js';
import { clientOf } from './service-clients.js';

const version = z.int().nonnegative().default(0);
const userAnswerSchema = accountSchema.extend({ version });
const customerSchema = z.object({
  id: z.uuid(),
  businessId: z.uuid(),
  userId: z.uuid().nullable(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
});
const addressSchema = z.object({
  name: z.string(),
  line1: z.string(),
  line2: z.string().nullable(),
  city: z.string(),
  state: z.string(),
  pincode: z.string(),
  country: z.string(),
  phone: z.string(),
});
const countSchema = z.object({ count: z.int() });
const businessAnswerSchema = businessSchema.extend({ version });

export type Business = z.infer<typeof businessSchema>;

/** A business's contact, with an account behind it or not. */
export type Customer = z.infer<typeof customerSchema>;
export type Address = z.infer<typeof addressSchema>;

/** The auth service, asked for what no event tells, and for accounts and businesses whose events have not arrived here. */
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

  /** Undefined where nobody has this id. */
  customer(customerId: string): Promise<Customer | undefined> {
    return this.client.find(`/internal/customers/${customerId}`, customerSchema);
  }

  /** One of an account's own addresses. */
  address(userId: string, addressId: string): Promise<Address | undefined> {
    return this.client.find(`/internal/users/${userId}/addresses/${addressId}`, addressSchema);
  }

  /** How many accounts there are. @param businessId null: of every business. */
  async userCount(businessId: string | null): Promise<number> {
    const query = businessId === null ? '' : `?businessId=${businessId}`;
    return (await this.client.get(`/internal/users/count${query}`, countSchema)).count;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}
