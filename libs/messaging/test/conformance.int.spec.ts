import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { invalid, newId } from '@reseller/runtime';
import { describeTransports, eventually } from '@reseller/testing';
import { appendToOutbox } from '../src/index.js';
import { FigureCounted, NobodyHears, StepTaken, testEvent, Unroutable } from './support/test-events.js';
import { outgoing, recordEffect, World, type TestHandler } from './support/world.js';

const fails: TestHandler = () => Promise.reject(new Error('this event is poison'));

describeTransports((name) => {
  let world: World;

  beforeEach(async () => {
    world = await World.create(name);
  });
  afterEach(() => world.destroy());

  const step = (number: number, aggregateId = world.aggregateId) => testEvent(StepTaken, aggregateId, number);
  const effects = (...steps: number[]) => eventually(async () => expect(await world.effects()).toEqual(steps));

  it('delivers a committed event to its handler, in the transaction of the inbox row', async () => {
    world.startProducer();
    world.startConsumer([
      [StepTaken, recordEffect],
      [FigureCounted, recordEffect],
    ]);
    const event = step(1);
    await world.append(event);
    await effects(1);
    const inbox = await world.consumer.query<{ consumer: string; event_id: string }>(
      'select consumer, event_id from inbox',
    );
    expect(inbox).toEqual([{ consumer: 'wallet', event_id: event.id }]);
    await eventually(async () => expect(await world.unpublished()).toBe(0));
  });

  it('publishes nothing of a transaction that rolls back', async () => {
    world.startProducer();
    world.startConsumer([[StepTaken, recordEffect]]);
    const rolledBack = world.producer.sqlTransaction(async (tx) => {
      await appendToOutbox(tx, [step(1)]);
      throw new Error('the change failed');
    });
    await expect(rolledBack).rejects.toThrow('the change failed');
    await world.append(step(2));
    await effects(2);
  });

  it('gives a duplicate no second effect', async () => {
    const transport = await world.openTransport();
    world.startConsumer([[StepTaken, recordEffect]]);
    const event = step(1);
    await transport.publish([outgoing(event)]);
    await effects(1);
    await transport.publish([outgoing(event)]);
    await transport.publish([outgoing(step(2))]);
    await effects(1, 2);
    await eventually(async () => expect((await transport.queueDepth('wallet')).waiting).toBe(0));
    expect(await world.effects()).toEqual([1, 2]);
  });

  it('tries a failing handler again along the ladder, counting attempts, without blocking others', async () => {
    const attempts: number[] = [];
    world.startProducer();
    world.startConsumer([
      [
        StepTaken,
        async (event, context) => {
          if (event.aggregateVersion !== 1) return recordEffect(event, context);
          attempts.push(context.attempt);
          if (context.attempt < 3) throw new Error('not yet');
          return recordEffect(event, context);
        },
      ],
    ]);
    await world.append(step(1), step(2), step(3));
    await eventually(async () => expect([...(await world.effects())].sort()).toEqual([1, 2, 3]));
    expect(attempts).toEqual([1, 2, 3]);
    expect((await world.effects()).at(-1)).toBe(1);
  });

  it('parks poison on the dead queue after the last step, with error, stack, attempts and first failure', async () => {
    const transport = await world.openTransport('wallet');
    world.startConsumer([[StepTaken, fails]]);
    const event = step(1);
    const before = new Date().toISOString();
    await transport.publish([outgoing(event)]);
    const [letter] = await eventually(async () => {
      const letters = await transport.deadLetters.list('wallet', {}, 10);
      expect(letters).toHaveLength(1);
      return letters;
    });
    expect(letter).toMatchObject({
      id: event.id,
      type: StepTaken.type,
      attempts: 3,
      error: 'Error: this event is poison',
    });
    expect(letter?.stack).toContain('conformance.int.spec');
    expect(letter?.firstFailedAt?.localeCompare(before)).toBe(1);
    expect(letter?.diedAt?.localeCompare(letter.firstFailedAt ?? '')).toBe(1);
    expect(await world.consumer.query('select 1 from inbox')).toEqual([]);
  });

  it('replays a dead letter once in effect, however often it is asked to', async () => {
    const transport = await world.openTransport('wallet');
    const broken = world.startConsumer([[StepTaken, fails]]);
    await transport.publish([outgoing(step(1))]);
    await eventually(async () => expect(await transport.deadLetters.list('wallet', {}, 10)).toHaveLength(1));
    await broken.stop();

    world.startConsumer([[StepTaken, recordEffect]]);
    expect(await transport.deadLetters.replay('wallet', { type: 'ANOTHER' })).toBe(0);
    expect(await transport.deadLetters.replay('wallet', { type: StepTaken.type })).toBe(1);
    await effects(1);
    expect(await transport.deadLetters.replay('wallet', {})).toBe(0);
    expect(await transport.deadLetters.list('wallet', {}, 10)).toEqual([]);
  });

  it('discards only the dead letters that were named', async () => {
    const transport = await world.openTransport('wallet');
    world.startConsumer([[StepTaken, fails]]);
    const [first, second] = [step(1), step(2)];
    await transport.publish([outgoing(first), outgoing(second)]);
    await eventually(async () => expect(await transport.deadLetters.list('wallet', {}, 10)).toHaveLength(2));
    expect(await transport.deadLetters.discard('wallet', { id: first.id })).toBe(1);
    await eventually(async () => {
      expect((await transport.deadLetters.list('wallet', {}, 10)).map(({ id }) => id)).toEqual([second.id]);
    });
  });

  it('parks at once what no attempt can make good: malformed, of an unknown version, or refused as invalid', async () => {
    const transport = await world.openTransport('wallet');
    world.startConsumer([[StepTaken, () => Promise.reject(invalid('STEP_IMPOSSIBLE', 'No such step.'))]]);
    const malformed = { ...step(1), data: { step: 'one' } };
    const future = { ...step(2), version: 99 };
    const notJson = { ...outgoing(step(3)), body: '{' };
    const refused = step(4);
    await transport.publish([outgoing(malformed), outgoing(future), notJson, outgoing(refused)]);
    const letters = await eventually(async () => {
      const found = await transport.deadLetters.list('wallet', {}, 10);
      expect(found).toHaveLength(4);
      return found;
    });
    expect(letters.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1]);
    const errorOf = (id: string) => letters.find((letter) => letter.id === id)?.error;
    expect(errorOf(malformed.id)).toContain(`malformed ${StepTaken.type}`);
    expect(errorOf(future.id)).toContain('version 99');
    expect(errorOf(notJson.id)).toContain('not JSON');
    expect(errorOf(refused.id)).toContain('No such step');
  });

  it('keeps an unroutable event pending with its error, and holds back its aggregate but nobody else', async () => {
    world.startProducer();
    world.startConsumer([[StepTaken, recordEffect]]);
    const stuck = testEvent(Unroutable, world.aggregateId, 1);
    await world.append(stuck);
    await eventually(async () => {
      const [row] = await world.producer.query<{ attempts: number; last_error: string }>('select * from outbox');
      expect(row?.attempts).toBeGreaterThan(0);
      expect(row?.last_error).toContain('no queue');
    });
    await world.producer.query(`update outbox set available_at = now() + interval '1 hour'`);
    await world.append(step(2), step(3, newId()));
    await effects(3);
    expect(await world.unpublished()).toBe(2);
  });

  it('gives up an event after its last attempt and lets its aggregate go on', async () => {
    world.startProducer();
    world.startConsumer([[StepTaken, recordEffect]]);
    await world.append(testEvent(Unroutable, world.aggregateId, 1));
    await world.producer.query('update outbox set attempts = 23, available_at = null');
    await eventually(async () => {
      expect(await world.producer.query('select 1 from outbox where parked_at is not null')).toHaveLength(1);
    });
    await world.append(step(2));
    await effects(2);
  });

  it('looks past more waiting rows than fit into a batch', async () => {
    const waiting = Array.from({ length: 250 }, (_, index) => testEvent(Unroutable, newId(), index));
    await world.append(...waiting);
    await world.producer.query(`update outbox set available_at = now() + interval '1 hour'`);
    world.startProducer();
    world.startConsumer([[StepTaken, recordEffect]]);
    await world.append(step(1));
    await effects(1);
  });

  it('publishes what nobody hears, and forgets it', async () => {
    world.startProducer();
    await world.append(testEvent(NobodyHears, world.aggregateId, 1));
    await eventually(async () => expect(await world.unpublished()).toBe(0));
  });

  it('keeps the order per aggregate with two relays at work', async () => {
    world.startProducer();
    world.startProducer();
    const seen: number[] = [];
    world.startConsumer(
      [[StepTaken, async (event, context) => (seen.push(event.aggregateVersion), recordEffect(event, context))]],
      { env: { EVENT_CONCURRENCY: '1' } },
    );
    for (let number = 1; number <= 120; number += 1) await world.append(step(number));
    await eventually(async () => expect(await world.effects()).toHaveLength(120), { timeoutMs: 15_000 });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('shares one transaction between light events, and lets poison fall out alone', async () => {
    const transactions = new Set<unknown>();
    const transport = await world.openTransport('wallet');
    await transport.publish(
      Array.from({ length: 40 }, (_, index) => outgoing(testEvent(FigureCounted, world.aggregateId, index))),
    );
    world.startConsumer(
      [
        [
          FigureCounted,
          async (event, context) => {
            if (event.aggregateVersion === 7) throw new Error('seven is poison');
            transactions.add(context.tx);
            return recordEffect(event, context);
          },
        ],
      ],
      { batch: 50, env: { EVENT_CONCURRENCY: '1' } },
    );
    await eventually(async () => expect(await world.effects()).toHaveLength(39));
    await eventually(async () => expect(await transport.deadLetters.list('wallet', {}, 10)).toHaveLength(1));
    expect(new Set(await world.effects()).size).toBe(39);
  });

  it('drains: finishes what has begun, gives the rest back untouched', async () => {
    const transport = await world.openTransport('wallet');
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let begun = 0;
    const first = world.startConsumer(
      [
        [
          StepTaken,
          async (event, context) => {
            begun += 1;
            await released;
            return recordEffect(event, context);
          },
        ],
      ],
      { env: { EVENT_CONCURRENCY: '2' } },
    );
    await transport.publish([1, 2, 3, 4, 5, 6].map((number) => outgoing(step(number))));
    await eventually(() => begun === 2);
    const stopped = first.stop();
    release();
    await stopped;
    expect(await world.effects()).toHaveLength(2);
    expect(begun).toBe(2);

    const attempts: number[] = [];
    world.startConsumer([
      [StepTaken, async (event, context) => (attempts.push(context.attempt), recordEffect(event, context))],
    ]);
    await eventually(async () => expect(await world.effects()).toHaveLength(6));
    expect(attempts).toEqual([1, 1, 1, 1]);
  });
});
