import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SERVICE_NAMES, typesHeardBy, type DomainEvent, type ServiceName } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import {
  describeTransports,
  eventPeer,
  eventually,
  startTestService,
  testBroker,
  type EventPeer,
  type TestService,
} from '@reseller/testing';
import { SERVICE_APPS } from './support/services.js';

/** What services need of their environment beside what every test gives them. */
const ENV = {
  JWT_SECRET: 'a-secret-for-tests-that-is-long-enough',
  RAZORPAY_KEY_ID: 'rzp_test_consumers',
  RAZORPAY_KEY_SECRET: 'a-key-secret-for-tests',
  RAZORPAY_WEBHOOK_SECRET: 'a-webhook-secret-for-tests',
};

/** The examples' order is unknown to a service that has just begun; whoever changes one waits for it, and then parks the event. */
const NEED_THEIR_ORDER: Partial<Record<ServiceName, readonly string[]>> = {
  order: ['PAYMENT_SUCCESS', 'PAYMENT_FAILED', 'PAYMENT_REFUNDED', 'PAYMENT_REFUND_FAILED'],
  product: ['ORDER_RETURNED'],
};

function exampleOf(type: string): DomainEvent {
  const url = new URL(`../libs/contracts/golden/${type}.v1.example.json`, import.meta.url);
  return { ...(JSON.parse(readFileSync(url, 'utf8')) as DomainEvent), id: newId() };
}

describeTransports((transport) => {
  describe.each(SERVICE_NAMES.filter((service) => typesHeardBy(service).length > 0))('the %s service', (name) => {
    let service: TestService<NestFastifyApplication>;
    let peer: EventPeer;
    beforeAll(async () => {
      const broker = await testBroker(transport);
      service = await startTestService({ service: name, createApp: SERVICE_APPS[name], env: ENV, broker });
      peer = await eventPeer(name === 'order' ? 'payment' : 'order', broker);
      await eventually(async () => (await service.client.get('/health/ready')).status === 200);
    });
    afterAll(async () => {
      await peer.close();
      await service.stop();
      await service.broker.cleanup();
    });

    const handled = async (): Promise<Map<string, number>> => {
      const rows = await service.db.query<{ id: string; times: number }>(
        'select event_id as id, count(*)::int as times from inbox group by event_id',
      );
      return new Map(rows.map(({ id, times }) => [id, times]));
    };
    const dead = async (): Promise<string[]> => (await peer.deadLettersOf(name)).map(({ id }) => id);

    it('handles every event that it hears, however often it comes, or parks it; none is lost', async () => {
      const events = typesHeardBy(name).map(exampleOf);
      await peer.tell(...events, ...events);
      await eventually(async () => {
        const done = new Set([...(await handled()).keys(), ...(await dead())]);
        return events.every(({ id }) => done.has(id));
      });
      const times = await handled();
      const unhandled = events.filter(({ id }) => !times.has(id)).map(({ type }) => type);
      expect(unhandled).toEqual(NEED_THEIR_ORDER[name] ?? []);
    });

    it('parks what it cannot read at once, and goes on with what comes behind it', async () => {
      const [type] = typesHeardBy(name);
      if (type === undefined) throw new Error('a service in this test hears something');
      const poison = [
        { ...exampleOf(type), data: {} },
        { ...exampleOf(type), version: 99 },
        { ...exampleOf(type), aggregateVersion: -1 },
      ];
      const good = exampleOf(type);
      await peer.tell(...poison, good);
      await eventually(async () => {
        const parked = new Set(await dead());
        return poison.every(({ id }) => parked.has(id));
      });
      await eventually(async () => (await handled()).has(good.id) || (await dead()).includes(good.id));
      const taken = await handled();
      expect(poison.filter(({ id }) => taken.has(id))).toEqual([]);
      expect((await service.client.get('/health/ready')).status).toBe(200);
    });
  });
});
