import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { correlation, createLogger, newId } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import { drainOutbox } from '../src/drain-outbox.js';
import { outboxCte, outboxParam, type OutgoingEvent, type PublishOutcome, type Transport } from '../src/index.js';
import { readOutboxFigures } from '../src/outbox-figures.js';
import { deleteExpired } from '../src/retention.js';
import { StepTaken, testEvent } from './support/test-events.js';
import { World } from './support/world.js';

describe('the outbox', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.create('embedded');
  });
  afterEach(() => world.destroy());

  const step = (number: number) => testEvent(StepTaken, world.aggregateId, number);

  it('keeps the envelope, the order of the append, and what correlates it', async () => {
    const events = [step(1), step(2), step(3)];
    await correlation.run({ requestId: 'r1', traceparent: '' }, () => world.append(...events));
    const rows = await world.producer.query<{ payload: unknown; headers: unknown }>(
      'select * from outbox order by seq',
    );
    expect(rows.map(({ payload }) => payload)).toEqual(events);
    expect(rows[0]?.headers).toEqual({ traceparent: events[0]?.traceparent, 'x-request-id': 'r1' });
  });

  it('takes an event in the statement that makes the change, and only if it made it', async () => {
    const change = (id: string, expected: number) =>
      world.producer.query(
        `with changed as (update effects set step = step + 1 where event_id = $1 and step = $2 returning step),
           appended as (${outboxCte(3, 'changed')}) select * from changed`,
        [id, expected, outboxParam([step(1)])],
      );
    const id = newId();
    await world.producer.query(
      'insert into effects (event_id, aggregate_id, step) values ($1::uuid, ($1::uuid)::text, 0)',
      [id],
    );
    expect(await change(id, 0)).toEqual([{ step: 1 }]);
    expect(await change(id, 0)).toEqual([]);
    expect(await world.unpublished()).toBe(1);
  });

  it('tells how many events wait, for how long, and how many were given up', async () => {
    await world.append(step(1), step(2), step(3), step(4));
    await world.producer.query(
      `update outbox set occurred_at = now() - interval '90 seconds' where aggregate_version = 2`,
    );
    await world.producer.query('update outbox set parked_at = now() where aggregate_version = 3');
    await world.producer.query('update outbox set published_at = now() where aggregate_version = 4');
    const figures = await readOutboxFigures(world.producer);
    expect(figures).toMatchObject({ pending: 2, parked: 1 });
    expect(Math.round(figures.oldestAgeSeconds / 10)).toBe(9);
  });

  it('deletes published events and inbox rows after thirty days, and never what waits', async () => {
    const [old, waiting, recent] = [step(1), step(2), step(3)];
    await world.append(old, waiting, recent);
    const days = (count: number) => new Date(Date.now() - count * 86_400_000);
    await world.producer.query('update outbox set occurred_at = $1', [days(31)]);
    await world.producer.query('update outbox set published_at = $2 where id = $1', [old.id, days(31)]);
    await world.producer.query('update outbox set published_at = $2 where id = $1', [recent.id, days(29)]);
    await world.producer.query(`insert into inbox values ('a', $1, $3), ('a', $2, $4)`, [
      old.id,
      recent.id,
      days(31),
      days(29),
    ]);
    expect(await deleteExpired(world.producer)).toBe(2);
    expect(await deleteExpired(world.producer)).toBe(0);
    expect(await world.producer.query('select id from outbox order by seq')).toEqual([
      { id: waiting.id },
      { id: recent.id },
    ]);
    expect(await world.producer.query('select event_id from inbox')).toEqual([{ event_id: recent.id }]);
  });

  it('is drained by one relay at a time, in the order of its rows', async () => {
    const logger = createLogger({ service: 'test', level: 'silent' });
    const published: OutgoingEvent[][] = [];
    let confirm: () => void = () => undefined;
    const slow: Pick<Transport, 'publish'> = {
      publish: async (events) => {
        published.push([...events]);
        await new Promise<void>((resolve) => (confirm = resolve));
        return events.map((): PublishOutcome => ({ kind: 'confirmed' }));
      },
    };
    const events = [step(1), step(2), step(3)];
    await world.append(...events);
    const first = drainOutbox(world.producer, slow, logger);
    await eventually(() => published.length === 1);
    expect(await drainOutbox(world.producer, slow, logger)).toEqual({ kind: 'locked' });
    confirm();
    expect(await first).toEqual({ kind: 'published', count: 3 });
    expect(await drainOutbox(world.producer, slow, logger)).toEqual({ kind: 'idle' });
    expect(published.map((batch) => batch.map(({ id }) => id))).toEqual([events.map(({ id }) => id)]);
  });
});
