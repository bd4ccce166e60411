import { expect } from '@jest/globals';
import { EmailVerified, type DomainEvent } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { eventually, untilHandled } from '@reseller/testing';
import { customer, fact, type OrderFixture, type PlacedOrder } from './order-fixture.js';
import { paymentSuccess } from './payment-facts.js';

export const malformed = (event: DomainEvent): DomainEvent => ({
  ...event,
  id: newId(),
  data: { orderId: 'not an id' },
});

/** What tests of consumers do with a running service: tell it events and look at what came of them. */
export function eventDriver(running: () => OrderFixture) {
  /** Tells events one after the other, each once the one before has been handled. */
  async function tellInTurn(...events: readonly DomainEvent[]): Promise<void> {
    for (const event of events) {
      await running().tell(event);
      await untilHandled(running().service.db, event);
    }
  }

  return {
    tellInTurn,

    /** The same event delivered a second time; a marker behind it shows that it has been dealt with. */
    async tellAgain(event: DomainEvent): Promise<void> {
      await running().tell(event);
      await tellInTurn(fact(EmailVerified, newId(), { userId: newId(), email: `${newId()}@example.com` }));
    },

    /** What an order's history holds. */
    async whatOf(id: string): Promise<string[]> {
      const text = 'select what from order_history where order_id = $1 order by version';
      return (await running().service.db.query<{ what: string }>(text, [id])).map(({ what }) => what);
    },

    /** What was told of an order. */
    async typesOf(id: string): Promise<string[]> {
      return (await running().told(id)).map(({ type }) => type);
    },

    async cancelled(): Promise<PlacedOrder> {
      const buyer = customer();
      const order = await running().place(buyer);
      await running().as(buyer).post(`/orders/${order.id}/cancel`, { reason: 'changed my mind' });
      return order;
    },

    /** Poison: what can never be handled goes to the dead letters and blocks nobody. */
    async expectDead(...poison: readonly DomainEvent[]): Promise<void> {
      const before = await running().deadLetters();
      await running().tell(...poison);
      const order = await running().place();
      await tellInTurn(paymentSuccess(order));
      expect((await running().read(order.id)).status).toBe('PAID');
      await eventually(async () => expect(await running().deadLetters()).toBe(before + poison.length));
    },
  };
}
