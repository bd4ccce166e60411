import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventOf, OrderPaid, PaymentRefunded, type DomainEvent, type OrderSnapshot } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { eventually, orderSnapshot, untilHandled } from '@reseller/testing';
import { STATISTICS_INVARIANTS } from '../src/statistics/statistics-invariants.js';
import { startShareLinks, type ShareLinkFixture } from './share-link-fixture.js';

interface Statistics {
  clicks: number;
  conversions: number;
  conversionRate: number;
  totalRevenue: number;
  daily: object[];
}

let service: ShareLinkFixture;
beforeAll(async () => {
  service = await startShareLinks();
});
afterAll(() => service.stop());

async function newLink() {
  const owner = service.client.as({ userId: newId(), roles: ['RESELLER'] });
  const { body } = await owner.post<{ id: string; code: string }>('/share-links', {});
  const statistics = async () => (await owner.get<Statistics>(`/share-links/${body.code}/stats`)).body;
  const becomes = (expected: Partial<Statistics>) =>
    eventually(async () => expect(await statistics()).toMatchObject(expected));
  return { ...body, becomes };
}

let version = 0;
const fact = (orderId: string) => ({ aggregateId: orderId, aggregateVersion: (version += 1), occurredAt: new Date() });

const paid = (order: OrderSnapshot): DomainEvent =>
  eventOf(OrderPaid, {
    ...fact(order.orderId),
    data: { ...order, paymentId: newId(), paidAt: '2026-01-02T00:00:00.000Z' },
  });

const refunded = (order: OrderSnapshot, refundedTotalPaise: number, settlesOrder = true): DomainEvent =>
  eventOf(PaymentRefunded, {
    ...fact(order.orderId),
    data: {
      ...order,
      payment: {
        paymentId: newId(),
        provider: 'RAZORPAY',
        method: 'UPI',
        gatewayOrderId: null,
        gatewayPaymentId: null,
        amountPaise: order.totalPaise,
      },
      refundId: newId(),
      refundNumber: 'REF-2026-000001',
      refundPaise: 1,
      refundedTotalPaise,
      settlesOrder,
      cause: 'test',
      processedAt: '2026-01-03T00:00:00.000Z',
    },
  });

/** Says it and waits until it was handled: what it changed can be looked at, and what it must not change too. */
async function say(...events: readonly DomainEvent[]): Promise<void> {
  await service.orderSays.tell(...events);
  await untilHandled(service.db, ...events);
}

describe('conversions and revenue', () => {
  it('answer the printed example: 10 of 150 clicks are 6.67 %, ₹30000', async () => {
    const link = await newLink();
    await service.db.query(
      `with hour as (select date_trunc('hour', now()) as hour),
        made as (insert into clicks select $1, decode(lpad(to_hex(n), 32, '0'), 'hex'), hour from generate_series(1, 150) as n, hour)
       insert into click_days select $1, (hour at time zone 'UTC')::date, 150, 150 from hour`,
      [link.id],
    );
    await say(...Array.from({ length: 10 }, () => paid(orderSnapshot({ shareLinkId: link.id }))));
    await link.becomes({ clicks: 150, conversions: 10, conversionRate: 6.67, totalRevenue: 30_000 });
  });

  it('count an order once, however often it is heard', async () => {
    const link = await newLink();
    const event = paid(orderSnapshot({ shareLinkId: link.id }));
    const again = paid({ ...orderSnapshot({ shareLinkId: link.id }), orderId: event.aggregateId });
    await say(event, event, again);
    await link.becomes({ conversions: 1, totalRevenue: 3_000 });
  });

  it.each([
    ['in order', [0, 1, 2]],
    ['backwards', [2, 1, 0]],
    ['refunds first', [1, 2, 0]],
    ['shuffled', [1, 0, 2]],
  ])('end the same with refunds %s', async (_, order) => {
    const link = await newLink();
    const snapshot = orderSnapshot({ shareLinkId: link.id });
    const events = [paid(snapshot), refunded(snapshot, 50_000), refunded(snapshot, 120_050)];
    for (const index of order) await say(...events.slice(index, index + 1));
    await link.becomes({ conversions: 1, totalRevenue: 1_799.5 });
  });

  it('are taken back by a full refund, also when it is heard first', async () => {
    const link = await newLink();
    const first = orderSnapshot({ shareLinkId: link.id });
    const second = orderSnapshot({ shareLinkId: link.id });
    await say(paid(first), refunded(first, 300_000), refunded(second, 300_000), paid(second));
    await link.becomes({ conversions: 0, totalRevenue: 0, conversionRate: 0 });
  });

  it('are untouched by the refund of a payment that never settled the order', async () => {
    const link = await newLink();
    const order = orderSnapshot({ shareLinkId: link.id });
    await say(paid(order), refunded(order, 300_000, false));
    await link.becomes({ conversions: 1, totalRevenue: 3_000 });
  });

  it('leave out orders that came without a link', async () => {
    const order = orderSnapshot({ shareLinkId: null });
    await say(paid(order), refunded(order, 100));
    expect(await service.db.query('select 1 from link_orders where order_id = $1', [order.orderId])).toEqual([]);
  });

  it('go on when an event is poison', async () => {
    const poison = { ...paid(orderSnapshot({ shareLinkId: newId() })), data: { orderId: 'none' } };
    await service.orderSays.tell(poison);
    await say(paid(orderSnapshot({ shareLinkId: newId() })));
    const dead = await eventually(async () => {
      const letters = await service.orderSays.deadLettersOf('share-link');
      expect(letters).toHaveLength(1);
      return letters;
    });
    expect(dead[0]).toMatchObject({ id: poison.id, type: 'ORDER_PAID' });
  });

  it('keep the invariants', async () => {
    for (const { name, sql } of STATISTICS_INVARIANTS) expect([name, await service.db.query(sql)]).toEqual([name, []]);
  });
});
