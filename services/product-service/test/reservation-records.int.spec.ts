import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { openEventWire, type EventWire } from './event-wire.js';
import { orderCancelled, orderPaid, orderPaymentExtended, orderReturned } from './order-events.js';
import {
  ADMIN,
  adminOf,
  createStocked,
  release,
  requireBooksInOrder,
  reserve,
  startProductService,
  stockOf,
  type Problem,
  type ProductService,
} from './product-fixture.js';

let service: ProductService;
let wire: EventWire;
beforeAll(async () => {
  service = await startProductService();
  wire = await openEventWire(service);
});
afterAll(async () => {
  await wire.close();
  await service.stop();
});
afterEach(() => requireBooksInOrder(service));

interface Record000 {
  readonly reservationId: string;
  readonly status: string;
  readonly reservedAt: string;
  readonly expiresAt: string;
}
const admin = () => service.client.as(ADMIN);
const list = async (query: string) =>
  (await admin().get<{ data: Record000[]; total: number } & Problem>(`/reservations?${query}`)).body;

const minutesFromNow = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);

async function reserved(expiresAt: Date | null = minutesFromNow(15)) {
  const { product, variantId } = await createStocked(service.client, 10);
  const orderId = newId();
  const items = [{ variantId, quantity: 2 }];
  expect((await reserve(service.client, orderId, items, expiresAt)).status).toBe(201);
  return { product, variantId, orderId, items };
}

const expiryOf = async (orderId: string) => (await list(`orderId=${orderId}`)).data[0]?.expiresAt;

const statusOf = async (orderId: string) => (await list(`orderId=${orderId}`)).data.map(({ status }) => status);

describe('the record of a reservation', () => {
  it('says what is held for whom, since when and until when', async () => {
    const until = minutesFromNow(15);
    const { product, variantId, orderId } = await reserved(until);
    const { data, total } = await list(`orderId=${orderId}`);
    expect(total).toBe(1);
    const [record] = data;
    expect(record).toMatchObject({
      orderId,
      productId: product.id,
      variantId,
      productName: product.name,
      quantity: 2,
      status: 'ACTIVE',
      expiresAt: until.toISOString(),
      settledAt: null,
    });
    const one = await admin().get(`/reservations/${record?.reservationId}`);
    expect(one).toMatchObject({
      status: 200,
      body: { reservationId: record?.reservationId, orderId, status: 'ACTIVE', items: [{ variantId, quantity: 2 }] },
    });
  });

  it('lasts longer once the order gives time for another payment, however often and in whatever order that is told', async () => {
    const { orderId } = await reserved(minutesFromNow(15));
    const [later, latest] = [minutesFromNow(25), minutesFromNow(40)];
    await wire.deliver(orderPaymentExtended(orderId, later));
    expect(await expiryOf(orderId)).toBe(later.toISOString());
    await wire.deliver(orderPaymentExtended(orderId, latest));
    await wire.deliver(orderPaymentExtended(orderId, later));
    expect(await expiryOf(orderId)).toBe(latest.toISOString());
  });

  it('lasts no longer once it is settled, and an order that was never reserved for is nothing', async () => {
    const until = minutesFromNow(15);
    const { orderId, items } = await reserved(until);
    await wire.deliver(orderPaid(orderId, items));
    await wire.deliver(orderPaymentExtended(orderId, minutesFromNow(25)));
    expect(await expiryOf(orderId)).toBe(until.toISOString());
    const stranger = newId();
    await wire.deliver(orderPaymentExtended(stranger, minutesFromNow(25)));
    expect((await list(`orderId=${stranger}`)).total).toBe(0);
  });

  it('takes the later time of a try that took over, and none where the order waits for no payment', async () => {
    const { orderId, items } = await reserved(minutesFromNow(15));
    const until = minutesFromNow(16);
    expect((await reserve(service.client, orderId, items, until)).status).toBe(201);
    expect(await expiryOf(orderId)).toBe(until.toISOString());
    const cash = await reserved(null);
    expect((await list(`orderId=${cash.orderId}`)).data).toMatchObject([{ status: 'ACTIVE', expiresAt: null }]);
  });

  it('is CONVERTED by the payment, and tells what a return put back', async () => {
    const { orderId, variantId, items } = await reserved();
    await wire.deliver(orderPaid(orderId, items));
    await wire.deliver(orderReturned(orderId, items, [{ variantId, quantity: 1 }]));
    expect((await list(`orderId=${orderId}`)).data).toMatchObject([
      { status: 'CONVERTED', quantity: 2, restockedQuantity: 1 },
    ]);
  });

  it('is RELEASED where somebody cancels, EXPIRED where nobody paid, RESTOCKED where it was sold', async () => {
    const [byCustomer, bySystem, abandoned, sold] = [
      await reserved(),
      await reserved(),
      await reserved(),
      await reserved(),
    ];
    await wire.deliver(orderCancelled(byCustomer.orderId, byCustomer.items));
    await wire.deliver(orderCancelled(bySystem.orderId, bySystem.items, 'SYSTEM'));
    await release(service.client, abandoned.orderId);
    await wire.deliver(orderPaid(sold.orderId, sold.items));
    await wire.deliver(orderCancelled(sold.orderId, sold.items, 'SYSTEM'));
    expect(await Promise.all([byCustomer, bySystem, abandoned, sold].map(({ orderId }) => statusOf(orderId)))).toEqual([
      ['RELEASED'],
      ['EXPIRED'],
      ['RELEASED'],
      ['RESTOCKED'],
    ]);
  });

  it('is FAILED where the stock was gone when the money came', async () => {
    const { orderId, variantId, items } = await reserved();
    await release(service.client, orderId);
    await reserve(service.client, newId(), [{ variantId, quantity: 10 }]);
    await wire.deliver(orderPaid(orderId, items));
    expect(await statusOf(orderId)).toEqual(['FAILED']);
  });

  it('is OVERDUE past its time, still held: the order service decides, and may give it more', async () => {
    const { orderId, variantId } = await reserved(minutesFromNow(-1));
    const statuses = async (status: string) => (await list(`variantId=${variantId}&status=${status}`)).total;
    expect(await statusOf(orderId)).toEqual(['OVERDUE']);
    expect([await statuses('overdue'), await statuses('active')]).toEqual([1, 0]);
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 2 });
    await wire.deliver(orderPaymentExtended(orderId, minutesFromNow(10)));
    expect(await statusOf(orderId)).toEqual(['ACTIVE']);
    expect([await statuses('overdue'), await statuses('active')]).toEqual([0, 1]);
  });
});

describe('the list of reservations', () => {
  it('is narrowed by status, in any case, variant, product and order, newest first', async () => {
    const { product, variantId, orderId } = await reserved();
    const later = newId();
    await reserve(service.client, later, [{ variantId, quantity: 1 }]);
    await release(service.client, orderId);
    const orders = async (query: string) =>
      (await list(query)).data.map((record) => (record as Record000 & { orderId: string }).orderId);
    expect(await orders(`variantId=${variantId}`)).toEqual([later, orderId]);
    expect(await orders(`variantId=${variantId}&sort=reservedAt&take=1`)).toEqual([orderId]);
    expect(await orders(`productId=${product.id}&status=active`)).toEqual([later]);
    expect(await orders(`productId=${product.id}&status=RELEASED`)).toEqual([orderId]);
    expect(await orders(`orderId=${later}`)).toEqual([later]);
    expect((await list('status=gone')).code).toBe('VALIDATION_FAILED');
  });

  it('counts up to ten thousand, and says where there are more', async () => {
    const { orderId, variantId } = await reserved();
    expect(await list(`variantId=${variantId}`)).toMatchObject({ total: 1, totalIsLowerBound: false });
    const copies = `insert into reservations (id, owner_type, owner_id, status) select gen_random_uuid(), 'ORDER', gen_random_uuid(), 'RELEASED'
      from generate_series(1, 10000) returning id`;
    await service.db.query(
      `with made as (${copies}) insert into reservation_lines (reservation_id, variant_id, quantity) select id, $1::uuid, 1 from made`,
      [variantId],
    );
    const page = await list(`variantId=${variantId}&status=active`);
    expect(page.data.map((record) => record.status)).toEqual(['ACTIVE']);
    expect(await list(`variantId=${variantId}`)).toMatchObject({ total: 10_000, totalIsLowerBound: true });
    expect((await list(`orderId=${orderId}`)).total).toBe(1);
  });

  it('shows an order’s tombstone as nothing: it never held any', async () => {
    const orderId = newId();
    await release(service.client, orderId);
    expect((await list(`orderId=${orderId}`)).total).toBe(0);
  });

  it('is for administrators of the business', async () => {
    const { orderId } = await reserved();
    const id = (await list(`orderId=${orderId}`)).data[0]?.reservationId;
    const stranger = service.client.as(adminOf(newId()));
    expect((await stranger.get<{ total: number }>('/reservations')).body.total).toBe(0);
    expect((await stranger.get(`/reservations/${id}`)).status).toBe(404);
    expect((await service.client.anonymous().get('/reservations')).status).toBe(401);
    expect((await service.client.as({ userId: newId(), roles: ['RESELLER'] }).get('/reservations')).status).toBe(403);
    expect((await admin().get('/reservations/no-id')).status).toBe(400);
  });
});
