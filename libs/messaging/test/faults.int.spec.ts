import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { chaosProxy, describeTransports, eventually, type ChaosProxy } from '@reseller/testing';
import { invalid } from '@reseller/runtime';
import type { Failpoint } from '../src/failpoint.js';
import { startFaultProcess } from './support/fault-process.js';
import { StepTaken, testEvent } from './support/test-events.js';
import { outgoing, recordEffect, World } from './support/world.js';

describeTransports((name) => {
  let world: World;
  beforeEach(async () => {
    world = await World.create(name);
  });
  afterEach(() => world.destroy());

  const step = (number: number, aggregateId = world.aggregateId) => testEvent(StepTaken, aggregateId, number);
  const effects = (steps: number[], timeoutMs = 5_000) =>
    eventually(async () => expect((await world.effects()).sort((a, b) => a - b)).toEqual(steps), { timeoutMs });

  async function proxyTo(url: string, defaultPort: number): Promise<ChaosProxy> {
    const proxy = await chaosProxy({ port: Number(new URL(url).port || defaultPort) });
    world.onDestroy(() => proxy.close());
    return proxy;
  }

  /** The environment with the broker, or the bus's database, behind a proxy. */
  async function behindProxy(): Promise<{ proxy: ChaosProxy; env: Record<string, string> }> {
    const variable = name === 'rabbitmq' ? 'RABBITMQ_URL' : 'BUS_DATABASE_URL';
    const url = world.broker.env[variable] ?? '';
    const proxy = await proxyTo(url, name === 'rabbitmq' ? 5672 : 5432);
    return { proxy, env: { [variable]: proxy.urlOf(url) } };
  }

  const relayFailpoints: Failpoint[] = ['relay.before-publish', 'relay.after-confirm'];
  it.each(relayFailpoints)('loses nothing and doubles no effect when the relay is killed at %s', async (failpoint) => {
    await world.append(step(1), step(2), step(3));
    world.startConsumer([[StepTaken, recordEffect]]);
    const killed = startFaultProcess(world, 'relay', failpoint);
    expect(await killed.exited).toBe('SIGKILL');
    expect(await world.unpublished()).toBe(3);
    world.startProducer();
    await effects([1, 2, 3]);
    await eventually(async () => expect(await world.unpublished()).toBe(0));
  });

  const consumerFailpoints: Failpoint[] = ['consumer.mid-handler', 'consumer.after-commit'];
  it.each(consumerFailpoints)(
    'loses nothing and doubles no effect when the consumer is killed at %s',
    async (failpoint) => {
      const transport = await world.openTransport();
      const killed = startFaultProcess(world, 'consumer', failpoint);
      await transport.publish([outgoing(step(1)), outgoing(step(2)), outgoing(step(3))]);
      expect(await killed.exited).toBe('SIGKILL');
      const committed = (await world.effects()).length;
      expect(committed > 0).toBe(failpoint === 'consumer.after-commit');
      world.startConsumer([[StepTaken, recordEffect]]);
      await effects([1, 2, 3], 25_000);
      expect(await world.consumer.query('select 1 from inbox')).toHaveLength(3);
    },
  );

  it('publishes after the restart what a process killed between commit and relay left behind', async () => {
    await world.append(step(1));
    world.startConsumer([[StepTaken, recordEffect]]);
    world.startProducer();
    await effects([1]);
  });

  it('tries a handler again whose database connection was killed', async () => {
    const attempts: number[] = [];
    world.startProducer();
    world.startConsumer([
      [
        StepTaken,
        async (event, context) => {
          attempts.push(context.attempt);
          await recordEffect(event, context);
          if (context.attempt === 1) await context.tx.query('select pg_terminate_backend(pg_backend_pid())');
        },
      ],
    ]);
    await world.append(step(1));
    await effects([1]);
    expect(attempts).toEqual([1, 2]);
  });

  it('waits out an outage of the database without counting attempts', async () => {
    const proxy = await proxyTo(world.consumerUrl, 5432);
    const attempts: number[] = [];
    const transport = await world.openTransport('wallet');
    const consumer = world.startConsumer(
      [[StepTaken, (event, context) => (attempts.push(context.attempt), recordEffect(event, context))]],
      { databaseUrl: proxy.urlOf(world.consumerUrl) },
    );
    await transport.publish([outgoing(step(1))]);
    await effects([1]);
    proxy.refuse();
    await transport.publish([2, 3, 4, 5].map((number) => outgoing(step(number))));
    await eventually(async () => expect((await consumer.health.check()).state).toBe('degraded'));
    proxy.heal();
    await effects([1, 2, 3, 4, 5], 10_000);
    expect(new Set(attempts)).toEqual(new Set([1]));
    expect(await transport.deadLetters.list('wallet', {}, 10)).toEqual([]);
  });

  it('lets the outbox grow while the transport is away, and delivers all of it afterwards', async () => {
    const { proxy, env } = await behindProxy();
    const producer = world.startProducer({ env });
    world.startConsumer([[StepTaken, recordEffect]], { env });
    await world.append(step(1));
    await effects([1], 10_000);
    proxy.refuse();
    await eventually(() => !producer.transport.state().ready);
    await world.append(step(2), step(3));
    await world.append(step(4));
    expect((await producer.health.check()).state).toBe('degraded');
    expect(await world.unpublished()).toBe(3);
    proxy.heal();
    await effects([1, 2, 3, 4], 10_000);
    expect((await producer.health.check()).state).toBe('up');
  });

  it('answers a publish within its deadline when the transport swallows it, and counts nothing against the event', async () => {
    const { proxy, env } = await behindProxy();
    const producer = world.startProducer({ env });
    await eventually(() => producer.transport.state().ready);
    proxy.blackHole();
    await world.append(step(1));
    const startedAt = Date.now();
    const [outcome] = await producer.transport.publish([outgoing(step(2))]);
    expect(outcome?.kind).toBe('unanswered');
    expect(Date.now() - startedAt).toBeLessThan(6_000);
    proxy.heal();
    await eventually(async () => expect(await world.unpublished()).toBe(0), { timeoutMs: 15_000 });
    expect(await world.producer.query('select attempts from outbox')).toEqual([{ attempts: 0 }]);
  });

  it('is back within five seconds when every connection is reset', async () => {
    const { proxy, env } = await behindProxy();
    world.startProducer({ env });
    world.startConsumer([[StepTaken, recordEffect]], { env });
    await world.append(step(1));
    await effects([1], 10_000);
    proxy.reset();
    await world.append(step(2));
    await effects([1, 2]);
  });

  it('starts while the transport is down', async () => {
    const { proxy, env } = await behindProxy();
    proxy.refuse();
    const consumer = world.startConsumer([[StepTaken, recordEffect]], { env });
    expect((await consumer.health.check()).state).toBe('degraded');
    proxy.heal();
    world.startProducer();
    await world.append(step(1));
    await effects([1]);
  });

  it('does not let one poison message starve the others', async () => {
    const transport = await world.openTransport('wallet');
    world.startConsumer(
      [
        [
          StepTaken,
          (event, context) =>
            event.aggregateVersion < 30 ? Promise.reject(invalid('POISON', 'poison')) : recordEffect(event, context),
        ],
      ],
      { env: { EVENT_CONCURRENCY: '1' } },
    );
    await transport.publish(Array.from({ length: 31 }, (_, number) => outgoing(step(number))));
    await effects([30]);
    await eventually(async () => expect((await transport.queueDepth('wallet')).dead).toBe(30));
  });
});
