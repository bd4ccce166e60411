import type { DomainEvent } from '@reseller/contracts';
import { eventPeer, untilHandled, type EventPeer } from '@reseller/testing';
import type { ProductService } from './product-fixture.js';

/** The other services' side of the broker. */
export interface EventWire extends EventPeer {
  /** Tells of one and waits until it has been handled. */
  deliver(event: DomainEvent): Promise<void>;
  /** Of what product could not handle. */
  deadIds(): Promise<string[]>;
}

export async function openEventWire({ broker, db }: ProductService): Promise<EventWire> {
  const peer = await eventPeer('order', broker);
  const deliver = async (event: DomainEvent): Promise<void> => {
    await peer.tell(event);
    await untilHandled(db, event);
  };
  const deadIds = async () => (await peer.deadLettersOf('product')).map(({ id }) => id);
  return { ...peer, deliver, deadIds };
}
