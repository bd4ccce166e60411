import { z } from 'zod';
import type { DomainEvent } from '@reseller/contracts';
import { createTransport, messagingEnv } from '@reseller/messaging';
import { createLogger } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import type { ProductService } from './product-fixture.js';

/** The other services' side of the broker: sends what they would, and looks at what was parked. */
export interface EventWire {
  /** Sends events without waiting; they may be handled at the same time. */
  send(...events: readonly DomainEvent[]): Promise<void>;
  /** Sends one and waits until it has been handled. */
  deliver(event: DomainEvent): Promise<void>;
  handled(event: DomainEvent): Promise<void>;
  deadIds(): Promise<string[]>;
  close(): Promise<void>;
}

export async function openEventWire(service: ProductService): Promise<EventWire> {
  const settings = z.object(messagingEnv).parse(service.env);
  const { transport } = createTransport('order', settings, createLogger({ service: 'test', level: 'silent' }));
  const ready = new Promise<void>((resolve) => transport.onReady(resolve));
  transport.open();
  await ready;

  const send = async (...events: readonly DomainEvent[]): Promise<void> => {
    const outgoing = events.map((event) => ({
      id: event.id,
      type: event.type,
      body: JSON.stringify(event),
      headers: {},
    }));
    await eventually(async () => (await transport.publish(outgoing)).every(({ kind }) => kind === 'confirmed'));
  };
  const handled = async (event: DomainEvent): Promise<void> => {
    await eventually(async () => {
      const rows = await service.db.query('select 1 as one from inbox where event_id = $1', [event.id]);
      return rows.length === 1;
    });
  };
  return {
    send,
    handled,
    deliver: async (event) => {
      await send(event);
      await handled(event);
    },
    deadIds: async () => (await transport.deadLetters.list('product', {}, 100)).map(({ id }) => id),
    close: () => transport.close(),
  };
}
