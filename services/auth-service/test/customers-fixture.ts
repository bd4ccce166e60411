import { newId } from '@reseller/runtime';
import { type TestClient } from '@reseller/testing';
import { eventsOf, makeAdmin, startAuth, type AuthTest, type PageBody, type ProblemBody } from './auth-fixture.js';

export interface CustomerBody {
  readonly id: string;
  readonly businessId: string;
  readonly tenantId: string;
  readonly name: string | null;
  readonly phone: string | null;
  readonly email: string | null;
  readonly whatsappNumber: string | null;
  readonly totalOrders: number;
  readonly totalSpent: number;
  readonly lastOrderDate: string | null;
  readonly engagementScore: number;
  readonly segment: string;
  readonly version: number;
}
export interface CustomerPage extends PageBody<CustomerBody> {
  readonly nextCursor: string | null;
}
export type Problem = ProblemBody & { readonly details?: { readonly customerId?: string } };
export interface ImportBody {
  readonly total: number;
  readonly created: number;
  readonly existing: number;
  readonly invalid: number;
  readonly results: readonly {
    line: number;
    status: string;
    customerId: string | null;
    errors: readonly { path: string; message: string }[];
  }[];
}

let phones = 9_000_000_000;
export const newPhone = (): string => `+91${(phones += 1)}`;

/** The auth service with an administrator of all businesses, and what tests of customers do to it. */
export class CustomersFixture {
  private constructor(
    readonly auth: AuthTest,
    readonly platformAdmin: TestClient,
  ) {}

  static async start(): Promise<CustomersFixture> {
    const auth = await startAuth();
    return new CustomersFixture(auth, auth.client.as(await makeAdmin(auth)));
  }

  stop(): Promise<void> {
    return this.auth.stop();
  }

  /** A business of its own, so that lists and counts are a test's own, with an administrator of it. */
  async shop(): Promise<{ businessId: string; admin: TestClient; actorId: string }> {
    const { body } = await this.platformAdmin.post<{ id: string }>('/businesses', { name: `Shop ${newId()}` });
    const someone = await makeAdmin(this.auth, body.id);
    return { businessId: body.id, admin: this.auth.client.as(someone), actorId: someone.userId ?? '' };
  }

  /** Figures as orders would have left them. */
  async ordered(id: string, figures: { orders: number; spent: number; daysAgo: number }): Promise<void> {
    await this.auth.db.query(
      `update customers set total_orders = $2, total_spent_paise = $3, last_order_at = now() - make_interval(days => $4)
       where id = $1`,
      [id, figures.orders, figures.spent * 100, figures.daysAgo],
    );
  }

  async actionsOn(id: string): Promise<Record<string, unknown>[]> {
    const events = await eventsOf(this.auth, 'ADMIN_ACTION_RECORDED', id);
    return events.map(({ data, businessId }) => ({ ...data, businessId }));
  }
}

export const create = (client: TestClient, fields: Record<string, unknown> = {}) =>
  client.post<CustomerBody>('/customers', { name: 'Rahul Sharma', phone: newPhone(), ...fields });

export async function made(client: TestClient, fields: Record<string, unknown> = {}): Promise<CustomerBody> {
  const { status, body } = await create(client, fields);
  if (status !== 201) throw new Error(`creating a customer answered ${status}: ${JSON.stringify(body)}`);
  return body;
}
