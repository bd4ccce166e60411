import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DEFAULT_BUSINESS_ID, type DomainEvent } from '@reseller/contracts';
import { createServiceApp } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig, newId } from '@reseller/runtime';
import {
  authStandIn,
  eventPeer,
  startTestService,
  untilHandled,
  type EventPeer,
  type TestClient,
  type TestService,
} from '@reseller/testing';
import { LEDGER_INVARIANTS } from '../src/ledger/ledger-invariants.js';
import type { PayoutView } from '../src/payouts/payouts.schemas.js';
import { walletServiceConfig } from '../src/wallet-service.config.js';
import { WalletServiceModule } from '../src/wallet-service.module.js';
import type { TransactionView, WalletView } from '../src/wallets/wallets.schemas.js';

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly details?: Record<string, unknown>;
  readonly errors?: readonly { readonly path: string }[];
}

export interface PageOf<T> {
  readonly data: readonly T[];
  readonly total: number;
  readonly skip: number;
  readonly take: number;
  readonly nextCursor?: string | null;
}

export const reseller = (userId = newId()) => ({
  userId,
  roles: ['RESELLER'] as const,
  businessId: DEFAULT_BUSINESS_ID,
});
export const ADMIN = { userId: newId(), roles: ['ADMIN'] as const };

export class WalletFixture {
  private constructor(
    readonly service: TestService<NestFastifyApplication>,
    readonly dismissedAdmins: Set<string>,
    /** Payment, order and auth: on the broker it does not matter who says something. */
    readonly others: EventPeer,
    private readonly closeAuth: () => Promise<void>,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<WalletFixture> {
    const auth = await authStandIn();
    const service = await startTestService({
      service: 'wallet',
      // The job runs where a test runs it.
      env: { AUTH_SERVICE_URL: auth.url, COMMISSION_UNLOCK_INTERVAL: '1h', ...env },
      createApp: (environment) => {
        const config = loadConfig(walletServiceConfig, { env: environment });
        const logger = createLogger({ service: 'wallet-service', level: config.LOG_LEVEL });
        return createServiceApp({
          name: 'wallet-service',
          description: 'under test',
          module: WalletServiceModule.forRoot(config, logger),
          logger,
          host: config.HOST,
          port: config.PORT,
          beforeListen: connectEvents,
        });
      },
    });
    return new WalletFixture(service, auth.dismissed, await eventPeer('payment', service.broker), () => auth.close());
  }

  async stop(): Promise<void> {
    await this.others.close();
    await this.service.stop();
    await this.closeAuth();
  }

  /** Somebody says it, and it has been handled. */
  async tellHeard(event: DomainEvent): Promise<void> {
    await this.others.tell(event);
    await untilHandled(this.service.db, event);
  }

  get client(): TestClient {
    return this.service.client;
  }

  async wallet(sellerId: string): Promise<WalletView> {
    const answer = await this.client.as(ADMIN).get<WalletView>(`/wallets/${sellerId}`);
    if (answer.status !== 200) throw new Error(`GET /wallets/${sellerId} answered ${answer.status}`);
    return answer.body;
  }

  async transactions(sellerId: string, query = ''): Promise<PageOf<TransactionView>> {
    const answer = await this.client
      .as(ADMIN)
      .get<PageOf<TransactionView>>(`/wallets/${sellerId}/transactions?sort=createdAt&${query}`);
    if (answer.status !== 200) throw new Error(`the transactions answered ${answer.status}`);
    return answer.body;
  }

  /** A reseller whose wallet is open and has this much to draw on, given by an adjustment. */
  async resellerWith(rupees: number): Promise<ReturnType<typeof reseller>> {
    const person = reseller();
    await this.client.as(person).get(`/wallets/${person.userId}`);
    if (rupees > 0) await this.adjust(person.userId, rupees);
    return person;
  }

  async adjust(sellerId: string, amount: number): Promise<void> {
    const answer = await this.client
      .as(ADMIN)
      .post(`/wallets/${sellerId}/adjustments`, { amount, reason: 'Test money' });
    if (answer.status !== 201)
      throw new Error(`an adjustment answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  async requestPayout(person: ReturnType<typeof reseller>, amount: number): Promise<PayoutView> {
    const answer = await this.client.as(person).post<PayoutView>(`/wallets/${person.userId}/payouts`, { amount });
    if (answer.status !== 201) throw new Error(`a payout answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  decide(payoutId: string, status: string, admin: { userId: string; roles: readonly ['ADMIN'] } = ADMIN) {
    return this.client.as(admin).patch<PayoutView & Problem>(`/wallets/payouts/${payoutId}`, { status });
  }

  /** The events that the service has appended for an order or payout, oldest first. */
  async eventsOf(aggregateId: string): Promise<{ type: string; data: Record<string, unknown> }[]> {
    const rows = await this.service.db.query<{ payload: { type: string; data: Record<string, unknown> } }>(
      'select payload from outbox where aggregate_id = $1 order by seq',
      [aggregateId],
    );
    return rows.map(({ payload: { type, data } }) => ({ type, data }));
  }

  /** What does not hold of the ledger: nothing, after whatever a test has done. */
  async violations(): Promise<{ name: string; rows: readonly object[] }[]> {
    const checked = [];
    for (const { name, sql } of LEDGER_INVARIANTS) checked.push({ name, rows: await this.service.db.query(sql) });
    return checked.filter(({ rows }) => rows.length > 0);
  }
}
