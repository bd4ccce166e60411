import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { OrderPaid } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { describeTransports, eventually } from '@reseller/testing';
import { FigureCounted, StepTaken, testEvent } from './support/test-events.js';
import { outgoing, recordEffect, World } from './support/world.js';

const SCRIPT = fileURLToPath(new URL('../../../scripts/events.mjs', import.meta.url));

describeTransports((name) => {
  let world: World;
  beforeEach(async () => {
    world = await World.create(name);
  });
  afterEach(() => world.destroy());

  /** What an operator would type after `npm run events --`. */
  async function events(...args: string[]): Promise<string> {
    const env = { ...process.env, ...world.broker.env, DATABASE_URL: world.producerUrl };
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, ...args], { env });
    return stdout.trim();
  }

  it('lists, shows, replays and discards dead letters', async () => {
    const transport = await world.openTransport('wallet');
    const broken = world.startConsumer([[StepTaken, () => Promise.reject(new Error('broken build'))]]);
    const [first, second] = [testEvent(StepTaken, world.aggregateId, 1), testEvent(StepTaken, newId(), 2)];
    await transport.publish([outgoing(first), outgoing(second)]);
    await eventually(async () => expect((await transport.queueDepth('wallet')).dead).toBe(2));
    await broken.stop();

    const listed = await events('dead', 'list', '--service', 'wallet');
    expect(listed).toContain(`wallet  ${StepTaken.type}  ${first.id}`);
    expect(listed).toContain('Error: broken build');
    expect(listed).toContain('2 dead letters.');
    expect(JSON.parse(await events('dead', 'show', '--id', first.id, '--service', 'wallet'))).toMatchObject({
      id: first.id,
      attempts: 3,
      body: { data: { step: 1 } },
    });
    await expect(events('dead', 'discard', '--service', 'wallet')).rejects.toThrow('Say which');

    expect(await events('dead', 'discard', '--service', 'wallet', '--id', second.id)).toBe('1 discarded.');
    expect(await events('dead', 'replay', '--service', 'wallet', '--all')).toBe('1 sent back to their queue.');
    world.startConsumer([[StepTaken, recordEffect]]);
    await eventually(async () => expect(await world.effects()).toEqual([1]));
  });

  it('publishes a stretch of an outbox again, which gives a new hearer its past and nobody a second effect', async () => {
    world.startProducer();
    const consumer = world.startConsumer([[StepTaken, recordEffect]]);
    await world.append(testEvent(StepTaken, world.aggregateId, 1), testEvent(FigureCounted, world.aggregateId, 2));
    await eventually(async () => expect(await world.unpublished()).toBe(0));
    await eventually(async () => expect((await consumer.transport.queueDepth('wallet')).dead).toBe(1));
    await consumer.transport.deadLetters.discard('wallet', {});
    await consumer.stop();

    const since = new Date(Date.now() - 60_000).toISOString();
    expect(await events('republish', '--service', 'order', '--since', since, '--dry-run')).toBe(
      '2 events would be published again.',
    );
    expect(await events('republish', '--service', 'order', '--since', since, '--type', OrderPaid.type)).toBe(
      '0 events were published again.',
    );
    expect(await events('republish', '--service', 'order', '--since', since)).toBe('2 events were published again.');
    world.startConsumer([
      [StepTaken, recordEffect],
      [FigureCounted, recordEffect],
    ]);
    await eventually(async () => expect(await world.effects()).toEqual([1, 2]));
  });

  it('refuses to publish again what consumers have forgotten', async () => {
    await expect(events('republish', '--service', 'order', '--since', '2020-01-01T00:00:00Z')).rejects.toThrow(
      '--force',
    );
  });
});
