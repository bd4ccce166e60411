import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { StockLow, eventOf, type DomainEvent } from '@reseller/contracts';
import { Database } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import {
  authStandIn,
  eventually,
  type AuthStandIn,
  type TestEventStream,
  type TestPerson,
  type TestStreamEvent,
} from '@reseller/testing';
import { DeleteOldLiveEvents } from '../src/live/delete-old-live-events.js';
import type { LiveEventView } from '../src/live/live.schemas.js';
import { RecordLiveEvent } from '../src/live/record-live-event.js';
import {
  commissionLocked,
  orderCreated,
  orderOf,
  orderPaid,
  paymentRefunded,
  payoutCompleted,
  refundFailed,
  stockLow,
} from './events.js';
import { ADMIN, customer, NotificationFixture, type Problem } from './notification-fixture.js';

const PATH = '/admin/notifications/stream';

describe('what administrators see as it happens', () => {
  let auth: AuthStandIn;
  let notification: NotificationFixture;
  const open: TestEventStream[] = [];
  beforeAll(async () => {
    auth = await authStandIn();
    notification = await NotificationFixture.start({ AUTH_SERVICE_URL: auth.url });
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((stream) => stream.close()));
  });
  afterAll(async () => {
    await notification?.stop();
    await auth?.close();
  });

  async function watch(
    headers: Record<string, string> = {},
    person: TestPerson = ADMIN,
    at = notification,
  ): Promise<TestEventStream> {
    const stream = await at.client.as(person).stream(PATH, headers);
    open.push(stream);
    return stream;
  }

  /** A reader who has been told that it is one. @returns it, and the id that it begins at */
  async function watching(person: TestPerson = ADMIN, at = notification): Promise<[TestEventStream, number]> {
    const stream = await watch({}, person, at);
    const { id, event } = await stream.next();
    expect(event).toBe('ready');
    return [stream, Number(id)];
  }

  async function take(stream: TestEventStream, count: number): Promise<TestStreamEvent<LiveEventView>[]> {
    const taken: TestStreamEvent<LiveEventView>[] = [];
    while (taken.length < count) taken.push(await stream.next<LiveEventView>());
    return taken;
  }
  const eventIds = async (stream: TestEventStream, count: number) =>
    (await take(stream, count)).map(({ data }) => data.id);
  const positions = async (stream: TestEventStream, count: number) =>
    (await take(stream, count)).map(({ id }) => Number(id));

  /** The position of an event in the feed, once it has one. */
  const numbered = (event: DomainEvent): Promise<number> =>
    eventually(async () => {
      const [row] = await notification.service.db.query<{ position: unknown }>(
        'select position from live_events where event_id = $1 and position is not null',
        [event.id],
      );
      if (row === undefined) throw new Error('it has no position yet');
      return Number(row.position);
    });

  const goOnAfter = (id: number | string | undefined, person: TestPerson = ADMIN, at = notification) =>
    watch({ 'last-event-id': String(id) }, person, at);

  it('is named by the event and tells it in the shapes of the API, with money in rupees', async () => {
    const [stream, from] = await watching();
    const order = orderOf({ email: 'asha@example.com', name: 'Asha' }, { sellerId: newId() });
    const paid = orderPaid(order);
    await notification.tellAndWait(paid);
    const seen = await stream.next<LiveEventView>();
    expect(seen).toEqual({
      id: String(from + 1),
      event: 'ORDER_PAID',
      data: {
        id: paid.id,
        type: 'ORDER_PAID',
        businessId: order.businessId,
        occurredAt: paid.occurredAt,
        order: {
          id: order.orderId,
          orderNumber: order.orderNumber,
          total: 3000,
          paymentMethod: 'RAZORPAY',
          sellerId: order.sellerId,
        },
      },
    });
    // Who bought is for the order's own page.
    expect(JSON.stringify(seen)).not.toMatch(/asha/i);
  });

  it('is new orders, payments, refunds that came through or failed, low stock and payouts; commissions are the sellers’', async () => {
    const [stream] = await watching();
    const order = orderOf({ email: 'asha@example.com' });
    const events = [orderCreated(order), orderPaid(order), paymentRefunded(order, 50_050), refundFailed(order)];
    for (const event of [...events, commissionLocked(newId()), stockLow(), payoutCompleted(newId())]) {
      await notification.tellAndWait(event);
    }
    const [created, paid, refund, failed, stock, payout] = await take(stream, 6);
    expect([created?.event, paid?.event]).toEqual(['ORDER_CREATED', 'ORDER_PAID']);
    expect(refund?.data).toMatchObject({
      refund: { amount: 500.5, refundNumber: 'REF-2026-000002' },
      reason: 'damaged',
    });
    expect(failed?.data).toMatchObject({ type: 'PAYMENT_REFUND_FAILED', refund: { amount: 3000 } });
    expect(stock?.data).toMatchObject({ type: 'STOCK_LOW', stock: { sku: 'RED-L', available: 2, threshold: 5 } });
    expect(payout?.data).toMatchObject({ type: 'PAYOUT_COMPLETED', payout: { amount: 1234.5, status: 'COMPLETED' } });
  });

  it('is shown once, however often the event is delivered', async () => {
    const [stream] = await watching();
    const event = stockLow();
    await notification.tellAndWait(event, event);
    const last = stockLow();
    await notification.tellAndWait(event, last);
    expect(await eventIds(stream, 2)).toEqual([event.id, last.id]);
  });

  it('is of the administrator’s own business; one without a business sees all', async () => {
    const [mine, other] = [newId(), newId()];
    const [ofMine] = await watching({ ...ADMIN, userId: newId(), businessId: mine });
    const [ofAll] = await watching();
    const [first, hidden, last] = [stockLow(mine), stockLow(other), stockLow(mine)];
    for (const event of [first, hidden, last]) await notification.tellAndWait(event);
    expect(await eventIds(ofMine, 2)).toEqual([first.id, last.id]);
    expect(await eventIds(ofAll, 3)).toEqual([first.id, hidden.id, last.id]);
  });

  it('goes on after Last-Event-ID with what was missed meanwhile, and for others’ business with nothing', async () => {
    const [before, from] = await watching();
    await before.close();
    const missed = [stockLow(), stockLow()];
    for (const event of missed) await notification.tellAndWait(event);
    const again = await goOnAfter(from);
    expect(await eventIds(again, 2)).toEqual(missed.map(({ id }) => id));
    const mine = newId();
    const elsewhere = await goOnAfter(from, { ...ADMIN, userId: newId(), businessId: mine });
    const own = stockLow(mine);
    await notification.tellAndWait(own);
    expect((await elsewhere.next<LiveEventView>()).data.id).toBe(own.id);
  });

  it('reaches dashboards on every instance, whichever handled the event', async () => {
    const other = await NotificationFixture.start({ AUTH_SERVICE_URL: auth.url }, notification);
    try {
      const [here, from] = await watching();
      const [there] = await watching(ADMIN, other);
      const events = Array.from({ length: 8 }, () => stockLow());
      await notification.tellAndWait(...events);
      const expected = events.map((_, index) => from + 1 + index);
      expect([await positions(here, 8), await positions(there, 8)]).toEqual([expected, expected]);
      // A client that comes back to the other instance goes on where it was.
      const moved = await goOnAfter(from + 6, ADMIN, other);
      expect(await positions(moved, 2)).toEqual([from + 7, from + 8]);
      await Promise.all(open.splice(0).map((stream) => stream.close()));
    } finally {
      await other.stop();
    }
  });

  it('misses nothing that was written first and committed last, neither live nor resumed', async () => {
    const [stream] = await watching();
    const database = notification.service.app.get(Database);
    const record = new RecordLiveEvent();
    const [slow, quick] = [liveOnly(), liveOnly()];
    const gate: { open?: () => void } = {};
    const mayCommit = new Promise<void>((resolve) => (gate.open = resolve));
    const written: { done?: () => void } = {};
    const isWritten = new Promise<void>((resolve) => (written.done = resolve));
    const slowTransaction = database.sqlTransaction(async (tx) => {
      await writeHandled(tx, record, slow);
      // Behind the writing itself, which is also left for the commit.
      tx.beforeCommit(() => {
        written.done?.();
        return mayCommit;
      });
    });
    await isWritten;
    await database.sqlTransaction((tx) => writeHandled(tx, record, quick));
    // The later one is not held up by the earlier that is still open.
    const first = await stream.next<LiveEventView>().finally(gate.open);
    expect(first.data.id).toBe(quick.id);
    await slowTransaction;
    const second = await stream.next<LiveEventView>();
    expect(second.data.id).toBe(slow.id);
    expect(Number(second.id)).toBeGreaterThan(Number(first.id));
    const resumed = await goOnAfter(first.id);
    expect((await resumed.next<LiveEventView>()).data.id).toBe(slow.id);
  });

  it('is numbered without gaps by two instances at once', async () => {
    const other = await NotificationFixture.start({ AUTH_SERVICE_URL: auth.url }, notification);
    try {
      const [here, from] = await watching();
      const [there] = await watching(ADMIN, other);
      const database = notification.service.app.get(Database);
      const record = new RecordLiveEvent();
      const events = Array.from({ length: 40 }, liveOnly);
      await Promise.all(events.map((event) => database.sqlTransaction((tx) => writeHandled(tx, record, event))));
      for (const stream of [here, there]) {
        const seen = await take(stream, events.length);
        expect(seen.map(({ id }) => Number(id))).toEqual(events.map((_, index) => from + 1 + index));
        expect(seen.map(({ data }) => data.id).toSorted()).toEqual(events.map(({ id }) => id).toSorted());
      }
      await Promise.all(open.splice(0).map((stream) => stream.close()));
    } finally {
      await other.stop();
    }
  });

  it('is kept for a while: who comes back later than that is told so, and sees what happens from then on', async () => {
    const [before, from] = await watching();
    await notification.tellAndWait(stockLow());
    const { id: lastSeen } = await before.next();
    await notification.tellAndWait(stockLow());
    const { id: missed } = await before.next();
    await before.close();
    await notification.service.db.query(`update live_events set written_at = now() - interval '25 hours'`);
    const deleteOld = notification.service.app.get(DeleteOldLiveEvents);
    expect(await deleteOld.execute()).toBeGreaterThanOrEqual(2);
    expect(await deleteOld.execute()).toBe(0);

    for (const id of [from, lastSeen, Number(missed) + 1_000]) {
      const late = await goOnAfter(id);
      expect([id, await late.next()]).toEqual([id, { id: missed, event: 'reset', data: {} }]);
    }
    const inTime = await goOnAfter(missed);
    const next = stockLow();
    await notification.tellAndWait(next);
    expect((await inTime.next<LiveEventView>()).data.id).toBe(next.id);
  });

  it('is numbered while nobody looks, so that what was missed for too long is told to have been', async () => {
    const [before, from] = await watching();
    await before.close();
    const database = notification.service.app.get(Database);
    const deleteOld = notification.service.app.get(DeleteOldLiveEvents);
    const event = liveOnly();
    await database.sqlTransaction(async (tx) => {
      await writeHandled(tx, new RecordLiveEvent(), event);
      tx.beforeCommit(() =>
        tx.query(`update live_events set written_at = now() - interval '25 hours' where event_id = $1`, [event.id]),
      );
    });
    // With or without a reader: deleted is what has a position.
    expect(await numbered(event)).toBe(from + 1);
    expect(await deleteOld.execute()).toBeGreaterThanOrEqual(1);
    const late = await goOnAfter(from);
    expect(await late.next()).toEqual({ id: String(from + 1), event: 'reset', data: {} });
  });

  it('is deleted when it has a position, not before', async () => {
    const database = notification.service.app.get(Database);
    const deleteOld = notification.service.app.get(DeleteOldLiveEvents);
    const event = liveOnly();
    await database.sqlTransaction(async (tx) => {
      // Nobody numbers while the feed is held here.
      await tx.query('select 1 as one from live_feed for update');
      await database.sqlTransaction((other) => writeHandled(other, new RecordLiveEvent(), event));
      await database.query(`update live_events set written_at = now() - interval '25 hours' where event_id = $1`, [
        event.id,
      ]);
      expect(await deleteOld.execute()).toBe(0);
    });
    await eventually(async () => expect(await deleteOld.execute()).toBe(1));
  });

  it('begins for a new dashboard with what happens from then on', async () => {
    const database = notification.service.app.get(Database);
    const [before, next] = [liveOnly(), liveOnly()];
    await database.sqlTransaction((tx) => writeHandled(tx, new RecordLiveEvent(), before));
    await numbered(before);
    const [stream] = await watching();
    await database.sqlTransaction((tx) => writeHandled(tx, new RecordLiveEvent(), next));
    expect((await stream.next<LiveEventView>()).data.id).toBe(next.id);
  });

  it('is for administrators who still are, and asks for a Last-Event-ID that is one', async () => {
    const get = (person: TestPerson, headers: Record<string, string> = {}) =>
      notification.client.as(person).get<Problem>(PATH, headers);
    expect((await notification.client.anonymous().get(PATH)).status).toBe(401);
    expect((await get(customer())).status).toBe(403);
    const dismissed = { ...ADMIN, userId: newId() };
    auth.dismissed.add(dismissed.userId);
    expect((await get(dismissed)).status).toBe(403);
    const { status, body } = await get(ADMIN, { 'last-event-id': 'yesterday' });
    expect([status, body.code]).toEqual([400, 'INVALID_LAST_EVENT_ID']);
  });

  it('leaves nothing behind that does not hold', async () => {
    expect(await notification.violations()).toEqual([]);
  });
});

/** What is written of it here has no message beside it. */
const liveOnly = (): DomainEvent =>
  eventOf(StockLow, {
    aggregateId: newId(),
    aggregateVersion: 1,
    occurredAt: new Date(),
    data: { productId: newId(), variantId: newId(), sku: 'A', name: 'A', available: 1, threshold: 5 },
  });

/** As a consumer does: with its row in the inbox. */
async function writeHandled(
  tx: Parameters<RecordLiveEvent['execute']>[0],
  record: RecordLiveEvent,
  event: DomainEvent,
): Promise<void> {
  await tx.query('insert into inbox (consumer, event_id) values ($1, $2)', ['notification', event.id]);
  record.execute(tx, event, {});
}
