import { type DomainEvent, type ServiceName } from '@reseller/contracts';
import { createTransport, messagingEnv, type DeadLetter, type Transport } from '@reseller/messaging';
import { createLogger } from '@reseller/runtime';
import { z } from 'zod';
import { eventually } from './eventually.js';
import { type TestBroker } from './test-broker.js';
import { type TestDatabase } from './test-database.js';

/** The first event of a run waits for code to be loaded and connections to be made. */
const PATIENCE = { timeoutMs: 15_000 };

/** Another service as a service under test knows it: by what it says on the broker. */
export interface EventPeer {
  /** Publishes and waits until the broker has them. An event may be said twice, or in the wrong order. */
  tell(...events: readonly DomainEvent[]): Promise<void>;
  /** What a service could not handle. */
  deadLettersOf(service: ServiceName): Promise<DeadLetter[]>;
  close(): Promise<void>;
}

/** Until the service with this database has handled all of them. An event that was said twice is handled once. */
export async function untilHandled(db: Pick<TestDatabase, 'query'>, ...events: readonly DomainEvent[]): Promise<void> {
  const ids = [...new Set(events.map(({ id }) => id))];
  await eventually(async () => {
    const handled = await db.query('select 1 from inbox where event_id = any ($1)', [ids]);
    if (handled.length !== ids.length) throw new Error(`${handled.length} of ${ids.length} events were handled`);
  }, PATIENCE);
}

/** @throws from `tell` when the broker did not take an event. */
export async function eventPeer(service: ServiceName, broker: TestBroker): Promise<EventPeer> {
  const settings = z.object(messagingEnv).parse(broker.env);
  const { transport } = createTransport(service, settings, createLogger({ service: 'test', level: 'silent' }));
  const ready = new Promise<void>((resolve) => transport.onReady(resolve));
  transport.open();
  await ready;
  return {
    tell: async (...events) => {
      // One by one: the order is the test's, and an event may be said twice.
      for (const event of events) await publish(transport, event);
    },
    deadLettersOf: (hearer) => transport.deadLetters.list(hearer, {}, 100),
    close: () => transport.close(),
  };
}

async function publish(transport: Transport, event: DomainEvent): Promise<void> {
  const headers = { traceparent: event.traceparent };
  const [outcome] = await transport.publish([{ id: event.id, type: event.type, body: JSON.stringify(event), headers }]);
  if (outcome?.kind !== 'confirmed')
    throw new Error(`the broker did not take ${event.type}: ${JSON.stringify(outcome)}`);
}
