import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DomainEvent } from '@reseller/contracts';
import { createServiceApp } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig, newId } from '@reseller/runtime';
import {
  eventPeer,
  eventually,
  startTestService,
  untilHandled,
  type EventPeer,
  type TestClient,
  type TestPerson,
  type TestService,
} from '@reseller/testing';
import { NOTIFICATION_INVARIANTS } from '../src/messages/message-invariants.js';
import type { MessageView } from '../src/messages/messages.schemas.js';
import { notificationServiceConfig } from '../src/notification-service.config.js';
import { NotificationServiceModule } from '../src/notification-service.module.js';

export interface PageOf<T> {
  readonly data: readonly T[];
  readonly total: number;
}

export interface Problem {
  readonly status: number;
  readonly code: string;
}

/** The first mail of a run waits for code to be loaded and connections to be made. */
const PATIENCE = { timeoutMs: 15_000 };

export const ADMIN = { userId: newId(), roles: ['ADMIN'] as const };
export const customer = (userId = newId()) => ({ userId, roles: ['CUSTOMER'] as const });

export class NotificationFixture {
  private constructor(
    readonly service: TestService<NestFastifyApplication>,
    /** All the others: on the broker it does not matter who says something. */
    readonly others: EventPeer,
  ) {}

  /** @param beside another instance, with which this one shares database and broker */
  static async start(env: Record<string, string> = {}, beside?: NotificationFixture): Promise<NotificationFixture> {
    const fast = { NOTIFICATION_DELIVERY_INTERVAL: '20ms', STREAM_POLL_INTERVAL: '20ms' };
    const service = await startTestService({
      service: 'notification',
      ...(beside === undefined ? {} : { database: beside.service.db, broker: beside.service.broker }),
      env: { ...fast, NOTIFICATION_RETRY_DELAYS_MS: '20,40,60', ...env },
      createApp: (environment) => {
        const config = loadConfig(notificationServiceConfig, { env: environment });
        const logger = createLogger({ service: 'notification-service', level: config.LOG_LEVEL });
        return createServiceApp({
          name: 'notification-service',
          description: 'under test',
          module: NotificationServiceModule.forRoot(config, logger),
          logger,
          host: config.HOST,
          port: config.PORT,
          beforeListen: connectEvents,
        });
      },
    });
    return new NotificationFixture(service, await eventPeer('order', service.broker));
  }

  async stop(): Promise<void> {
    await this.others.close();
    await this.service.stop();
  }

  get client(): TestClient {
    return this.service.client;
  }

  tell(...events: readonly DomainEvent[]): Promise<void> {
    return this.others.tell(...events);
  }

  /** Tells and waits until all of it has been handled. */
  async tellAndWait(...events: readonly DomainEvent[]): Promise<void> {
    await this.tell(...events);
    await untilHandled(this.service.db, ...events);
  }

  async list(person: TestPerson, query = ''): Promise<readonly MessageView[]> {
    const answer = await this.client.as(person).get<PageOf<MessageView>>(`/notifications?take=100&${query}`);
    if (answer.status !== 200) throw new Error(`GET /notifications answered ${answer.status}`);
    return answer.body.data;
  }

  /** The person's only message on a channel, once it has reached a state. */
  settled(person: TestPerson, state: MessageView['state'], query = 'channel=EMAIL'): Promise<MessageView> {
    const check = async (): Promise<MessageView> => {
      const [message, ...others] = await this.list(person, query);
      if (message === undefined || others.length > 0) throw new Error(`${others.length + 1} messages, or none`);
      if (message.state !== state) throw new Error(`${message.state}: ${message.lastError ?? ''}`);
      return message;
    };
    return eventually(check, PATIENCE);
  }

  /** What does not hold: nothing, after whatever a test has done. */
  async violations(): Promise<{ name: string; rows: readonly object[] }[]> {
    const checked = [];
    for (const { name, sql } of NOTIFICATION_INVARIANTS) checked.push({ name, rows: await this.service.db.query(sql) });
    return checked.filter(({ rows }) => rows.length > 0);
  }
}
