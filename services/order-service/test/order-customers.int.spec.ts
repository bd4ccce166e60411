import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CustomerDeleted,
  CustomerOrdered,
  DEFAULT_BUSINESS_ID,
  EmailVerified,
  type DomainEvent,
} from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { ORDER_INVARIANTS } from '../src/orders/order-invariants.js';
import { eventDriver } from './event-driver.js';
import {
  admin,
  customer,
  fact,
  simpleOrder,
  startOrderService,
  type OrderFixture,
  type PlacedOrder,
} from './order-fixture.js';
import { paymentRefunded, paymentSuccess } from './payment-facts.js';

/* Whose an order is, as auth tells it, and what remains of the person once the customer was deleted. */
/** A contact without an account who has the address of {@link customer}. */
const reachedAsBuyer = {
  businessId: DEFAULT_BUSINESS_ID,
  userId: null,
  name: null,
  email: 'buyer@example.com',
  phone: null,
};

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService();
});
afterAll(() => orders?.stop());
beforeEach(() => orders.reset());

const { tellInTurn, tellAgain, whatOf, typesOf, expectDead } = eventDriver(() => orders);

/** What is told of a guest’s order is version 1, whosever the phone is; of an account’s 2, of one that joined one 3. */
const ordered = (
  orderId: string,
  customerId: string,
  userId: string | null = null,
  version = userId === null ? 1 : 2,
): DomainEvent =>
  fact(CustomerOrdered, orderId, { orderId, customerId, businessId: DEFAULT_BUSINESS_ID, userId }, version);
const verified = (userId: string, email: string): DomainEvent => fact(EmailVerified, userId, { userId, email });
const deleted = (customerId: string): DomainEvent =>
  fact(CustomerDeleted, customerId, { customerId, businessId: DEFAULT_BUSINESS_ID });

const address = {
  name: 'Rahul Sharma',
  line1: '123 MG Road',
  line2: 'Flat 4',
  city: 'Bengaluru',
  state: 'Karnataka',
  pincode: '560001',
  phone: '+919876543210',
};
let guests = 0;

async function guestOrder(more: Record<string, unknown> = {}) {
  const contact = { email: `rahul${(guests += 1)}@example.com`, phone: '+919876543210' };
  const wanted = { ...contact, shippingAddress: address, notes: 'Ring at Sharma’s', ...more };
  const { body } = await orders.service.client.anonymous().post<PlacedOrder>('/orders', simpleOrder(wanted));
  return { ...body, email: contact.email, holder: orders.service.client.anonymous().with(tokenOf(body)) };
}
const tokenOf = ({ orderToken }: PlacedOrder) => ({ 'x-order-token': orderToken ?? '' });

describe('the customer of an order', () => {
  it('is filled in when auth has found them, without a new version, and known at once for the account’s next order', async () => {
    const buyer = customer();
    const first = await orders.place(buyer);
    expect(first).toMatchObject({ customerId: null, version: 1 });
    const customerId = newId();
    const telling = ordered(first.id, customerId, buyer.userId ?? null);
    await tellInTurn(telling);
    await tellAgain(telling);
    expect(await orders.read(first.id)).toMatchObject({ customerId, version: 1 });
    expect(await whatOf(first.id)).toEqual(['PLACED']);
    const next = await orders.place(buyer);
    expect(next).toMatchObject({ customerId });
    expect(await orders.told(next.id)).toMatchObject([{ data: { buyer: { customerId, userId: buyer.userId } } }]);
    const list = await orders.as(admin).get(`/orders?customerId=${customerId}`);
    expect(list.body).toMatchObject({ total: 2 });
    expect((await orders.as(customer()).get(`/orders?customerId=${customerId}`)).body).toMatchObject({ total: 0 });
    await expectDead({ ...telling, id: newId(), data: { orderId: first.id } });
  });

  it('is who the client names, also where another is known of the account', async () => {
    const buyer = customer();
    const first = await orders.place(buyer);
    await tellInTurn(ordered(first.id, newId(), buyer.userId ?? null));
    const customerId = newId();
    orders.auth.respond = () => ({
      status: 200,
      body: { id: customerId, ...reachedAsBuyer },
    });
    expect(await orders.place(buyer, simpleOrder({ customerId }))).toMatchObject({ customerId });
  });

  it('is the account’s where a guest’s order joined one, whichever is told first; the guest learns nothing of it', async () => {
    const [one, other] = [await guestOrder(), await guestOrder()];
    const [guest, account, userId] = [newId(), newId(), newId()];
    await tellInTurn(ordered(one.id, guest), ordered(one.id, account, userId));
    await tellInTurn(ordered(other.id, account, userId), ordered(other.id, guest));
    for (const { id } of [one, other]) expect(await orders.read(id)).toMatchObject({ customerId: account });
    await tellInTurn(verified(userId, one.email));
    expect((await one.holder.get(`/orders/${one.id}`)).body).toMatchObject({ userId: null, customerId: null });
  });

  it('is the later one also where the guest’s phone was another account’s', async () => {
    const [wrong, right, stranger, userId] = [newId(), newId(), newId(), newId()];
    const [one, other, third] = [await guestOrder(), await guestOrder(), await guestOrder()];
    await tellInTurn(ordered(one.id, wrong, stranger, 1), ordered(one.id, right, userId, 3));
    await tellInTurn(ordered(other.id, right, userId, 3), ordered(other.id, wrong, stranger, 1));
    await tellInTurn(ordered(third.id, wrong, null, 2), ordered(third.id, right, userId, 3));
    for (const { id } of [one, other, third]) expect(await orders.read(id)).toMatchObject({ customerId: right });
  });

  it('of an account that was forgotten and buys again is the new one, whichever is told last', async () => {
    const buyer = customer();
    const [old, young] = [newId(), newId()];
    const [first, second] = [await orders.place(buyer), await orders.place(buyer)];
    await tellInTurn(ordered(second.id, young, buyer.userId), ordered(first.id, old, buyer.userId), deleted(old));
    expect(await orders.place(buyer)).toMatchObject({ customerId: young });
  });
});

const NOBODY = {
  userId: null,
  buyer: { name: null, email: null, phone: null },
  shippingAddress: { line1: '(removed)', city: 'Bengaluru', state: 'Karnataka', pincode: '560001' },
  notes: null,
};
const PERSON = /Rahul|Sharma|rahul|9876543210|MG Road|Flat 4/;

async function expectNobody(order: PlacedOrder): Promise<void> {
  const found = await orders.read(order.id);
  expect(found).toMatchObject({ ...NOBODY, subtotal: order.subtotal, taxTotal: order.taxTotal, total: order.total });
  const history = (await orders.as(admin).get(`/orders/${order.id}/history`)).body;
  expect(JSON.stringify([found, history])).not.toMatch(PERSON);
  const csv = await orders.as(admin).get<string>('/orders/admin/export.csv');
  const row = String(csv.body)
    .split('\n')
    .find((line) => line.includes(order.orderNumber));
  expect(row).not.toMatch(PERSON);
  const search = (text: string) =>
    orders.as(admin).get<{ data: PlacedOrder[] }>(`/orders/admin/all?take=100&search=${encodeURIComponent(text)}`);
  for (const word of ['Sharma', '9876543210', order.buyer?.email ?? 'rahul']) {
    expect((await search(word)).body.data.map(({ id }) => id)).not.toContain(order.id);
  }
  expect((await search(order.orderNumber)).body.data).toMatchObject([{ id: order.id }]);
}

async function expectInvariants(): Promise<void> {
  for (const { name, sql } of ORDER_INVARIANTS) expect([name, await orders.service.db.query(sql)]).toEqual([name, []]);
}

describe('the orders of a deleted customer', () => {
  it('lose the person at once where they are finished, keep what accounts need, and say so', async () => {
    const customerId = newId();
    const order = await guestOrder();
    await order.holder.post(`/orders/${order.id}/cancel`, { reason: 'Rahul Sharma moved to MG Road' });
    const telling = deleted(customerId);
    await tellInTurn(ordered(order.id, customerId), telling);
    await expectNobody(order);
    expect(await orders.read(order.id)).toMatchObject({ customerId, cancelReason: null, cancelledBy: 'CUSTOMER' });
    await tellAgain(telling);
    await tellInTurn(deleted(customerId));
    expect(await whatOf(order.id)).toEqual(['PLACED', 'CANCELLED', 'BUYER_FORGOTTEN']);
    expect(await typesOf(order.id)).toEqual(['ORDER_CREATED', 'ORDER_CANCELLED', 'ORDER_ANONYMISED']);
    const [, , anonymised] = await orders.told(order.id);
    expect(JSON.stringify(anonymised)).not.toMatch(PERSON);
    await expectInvariants();
    await expectDead({ ...telling, id: newId(), data: { customerId: 'x' } });
  });

  it('keep the address while goods have to reach it, and lose the person when they have', async () => {
    const customerId = newId();
    const order = await guestOrder({ paymentMethod: 'COD' });
    await tellInTurn(ordered(order.id, customerId), deleted(customerId));
    expect(await orders.read(order.id)).toMatchObject({ shippingAddress: address, buyer: { phone: address.phone } });
    await orders.as(admin).patch(`/orders/${order.id}/ship`, {});
    expect(await orders.read(order.id)).toMatchObject({ status: 'SHIPPED', shippingAddress: address });
    await orders.as(admin).patch(`/orders/${order.id}/deliver`);
    await expectNobody(order);
    // Money moves on without the person.
    const paid = paymentSuccess(order);
    await tellInTurn(paid, paymentRefunded(order, { refundPaise: 100, refundedTotalPaise: 100 }));
    expect(await orders.read(order.id)).toMatchObject({ ...NOBODY, paymentStatus: 'PARTIALLY_REFUNDED' });
    const told = await orders.told(order.id);
    expect(told.map(({ type }) => type)).toEqual([
      'ORDER_CREATED',
      'ORDER_CONFIRMED',
      'ORDER_SHIPPED',
      'ORDER_DELIVERED',
      'ORDER_ANONYMISED',
      'ORDER_PAID',
    ]);
    expect(JSON.stringify(told.slice(3))).not.toMatch(PERSON);
    await expectInvariants();
  });

  it('lose the person when all that was paid goes back before they are shipped, and stay so when they are cancelled', async () => {
    const customerId = newId();
    const [refunded, late] = [await guestOrder(), await guestOrder()];
    const moneyOf = (order: PlacedOrder) => {
      const all = Math.round(order.total * 100);
      return [paymentSuccess(order), paymentRefunded(order, { refundPaise: all, refundedTotalPaise: all })];
    };
    await tellInTurn(...moneyOf(refunded), ordered(refunded.id, customerId), ordered(late.id, customerId));
    expect(await orders.read(refunded.id)).toMatchObject({ status: 'PAID', shippingAddress: address });
    await tellInTurn(deleted(customerId), ...moneyOf(late).toReversed());
    for (const order of [refunded, late]) {
      await expectNobody(order);
      await order.holder.post(`/orders/${order.id}/cancel`, { reason: 'Rahul Sharma moved to MG Road' });
      expect(await orders.read(order.id)).toMatchObject({ status: 'CANCELLED', cancelReason: null });
      await expectNobody(order);
      expect((await typesOf(order.id)).filter((type) => type === 'ORDER_ANONYMISED')).toHaveLength(1);
    }
    await expectInvariants();
  });

  it('are found in whatever order it is told whose they are, that the customer is gone, and what becomes of them', async () => {
    const customerId = newId();
    const [early, late] = [await guestOrder(), await guestOrder()];
    await early.holder.post(`/orders/${early.id}/cancel`, { reason: 'x' });
    await tellInTurn(deleted(customerId), ordered(early.id, customerId), ordered(late.id, customerId));
    await expectNobody(early);
    expect(await orders.read(late.id)).toMatchObject({ shippingAddress: address });
    await late.holder.post(`/orders/${late.id}/cancel`, { reason: 'Rahul was here' });
    await expectNobody(late);
    await expectInvariants();
  });

  it('leave the account, and a later proof of the address does not bring them back', async () => {
    const buyer = customer();
    const [order, open] = [
      await orders.place(buyer, simpleOrder({ shippingAddress: '12 MG Road' })),
      await guestOrder(),
    ];
    const customerId = newId();
    await tellInTurn(ordered(order.id, customerId, buyer.userId), ordered(open.id, customerId), deleted(customerId));
    expect(await orders.as(buyer).get(`/orders/${order.id}`)).toMatchObject({ status: 200 });
    await orders.as(buyer).post(`/orders/${order.id}/cancel`, { reason: 'x' });
    expect(await orders.as(buyer).get(`/orders/${order.id}`)).toMatchObject({ status: 404 });
    expect(await orders.read(order.id)).toMatchObject({ userId: null, shippingAddress: '(removed)' });
    await tellInTurn(verified(newId(), open.email));
    expect(await orders.read(open.id)).toMatchObject({ userId: null });
  });
});

describe('the deletion of a guest’s contact whose order has joined an account', () => {
  /** Two orders of the contact that have joined the account: one is finished, one is open. */
  async function joined() {
    const [userId, contact, account] = [newId(), newId(), newId()];
    const [done, open] = [await guestOrder(), await guestOrder()];
    await done.holder.post(`/orders/${done.id}/cancel`, { reason: 'x' });
    await tellInTurn(verified(userId, done.email), verified(userId, open.email));
    return { userId, contact, account, done, open };
  }
  type Joined = Awaited<ReturnType<typeof joined>>;
  const first = ({ done, open, contact }: Joined) => [ordered(done.id, contact), ordered(open.id, contact)];
  const moved = ({ done, open, account, userId }: Joined) => [
    ordered(done.id, account, userId, 3),
    ordered(open.id, account, userId, 3),
  ];
  const stays = ({ done, open, contact }: Joined) => [
    ordered(done.id, contact, null, 3),
    ordered(open.id, contact, null, 3),
  ];

  it.each<[string, (of: Joined) => DomainEvent[]]>([
    ['before the move', (of) => [...first(of), deleted(of.contact), ...moved(of)]],
    ['after the move', (of) => [...first(of), ...moved(of), deleted(of.contact)]],
    ['before all else', (of) => [deleted(of.contact), ...first(of), ...moved(of)]],
    ['between the move and what was told before it', (of) => [...moved(of), deleted(of.contact), ...first(of)]],
  ])('takes nothing from the account, heard %s', async (_, events) => {
    const of = await joined();
    await tellInTurn(...events(of));
    const { userId, account, done, open } = of;
    for (const { id } of [done, open]) {
      expect(await orders.read(id)).toMatchObject({ userId, customerId: account, shippingAddress: address });
      expect(await whatOf(id)).not.toContain('BUYER_FORGOTTEN');
    }
    await orders.as(admin).post(`/orders/${open.id}/cancel`, { reason: 'x' });
    expect(await orders.read(open.id)).toMatchObject({ userId, shippingAddress: address });
    await expectInvariants();
  });

  it.each<[string, (of: Joined) => DomainEvent[]]>([
    ['before', (of) => [...first(of), deleted(of.contact), ...stays(of)]],
    ['after', (of) => [...first(of), ...stays(of), deleted(of.contact)]],
    ['before all else', (of) => [deleted(of.contact), ...stays(of), ...first(of)]],
  ])('takes the person where auth says that it is theirs still, heard %s', async (_, events) => {
    const of = await joined();
    await tellInTurn(...events(of));
    await expectNobody(of.done);
    expect(await orders.read(of.open.id)).toMatchObject({ userId: of.userId, customerId: of.contact });
    await orders.as(admin).post(`/orders/${of.open.id}/cancel`, { reason: 'x' });
    await expectNobody(of.open);
    await expectInvariants();
  });

  it('takes the person where the order named the contact', async () => {
    const [contact, buyer] = [newId(), customer()];
    orders.auth.respond = () => ({
      status: 200,
      body: { id: contact, ...reachedAsBuyer },
    });
    const order = await orders.place(buyer, simpleOrder({ customerId: contact, shippingAddress: address }));
    await orders.as(buyer).post(`/orders/${order.id}/cancel`, { reason: 'x' });
    await tellInTurn(deleted(contact));
    await expectNobody(order);
  });
});
