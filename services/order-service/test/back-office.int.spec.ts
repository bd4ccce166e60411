import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import type { OrderBody } from '../src/orders/order-view.js';
import { eventDriver } from './event-driver.js';
import {
  admin,
  customer,
  simpleOrder,
  startOrderService,
  type OrderFixture,
  type PlacedOrder,
} from './order-fixture.js';
import { paymentSuccess } from './payment-facts.js';

interface OrderPage {
  readonly data: OrderBody[];
  readonly total: number;
  readonly skip: number;
  readonly take: number;
  readonly nextCursor: string | null;
}

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService();
});
afterAll(() => orders?.stop());

const driver = eventDriver(() => orders);

const found = async (query: string, person = admin): Promise<string[]> => {
  const { status, body } = await orders.as(person).get<OrderPage>(`/orders/admin/all?${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body.data.map(({ id }) => id);
};
const search = (text: string, more = '') => found(`search=${encodeURIComponent(text)}${more}`);

async function paid(order: PlacedOrder, gatewayPaymentId: string | null = null): Promise<PlacedOrder> {
  await driver.tellInTurn(paymentSuccess(order, { gatewayPaymentId }));
  return order;
}

describe('my orders', () => {
  it('are what the caller bought, for an administrator too', async () => {
    const buyer = customer();
    const first = await orders.place(buyer);
    const second = await orders.place(buyer, simpleOrder({ paymentMethod: 'COD' }));
    const mine = (person: typeof buyer, query = '') =>
      orders.as(person).get<OrderPage>(`/orders/user/my-orders${query}`);
    expect((await mine(buyer)).body).toMatchObject({ data: [{ id: second.id }, { id: first.id }], total: 2 });
    expect((await mine(buyer, '?status=confirmed')).body).toMatchObject({ data: [{ id: second.id }], total: 1 });
    expect((await mine(buyer, '?page=2&limit=1')).body).toMatchObject({ data: [{ id: first.id }], skip: 1, take: 1 });
    const buyingAdmin = { ...admin, userId: newId(), businessId: newId() };
    const own = await orders.place(buyingAdmin);
    expect((await mine(buyingAdmin)).body).toMatchObject({ data: [{ id: own.id }], total: 1 });
  });

  it('of a guest are none', async () => {
    const { status, body } = await orders.service.client.anonymous().get('/orders/user/my-orders?limit=5');
    expect({ status, body }).toMatchObject({ status: 200, body: { data: [], total: 0, skip: 0, take: 5 } });
  });
});

describe('the back office', () => {
  it('finds a business’s orders, and 004’s confirmed ones whether paid or to be paid in cash', async () => {
    const userId = newId();
    const buyer = { ...customer(), userId };
    const cash = await orders.place(buyer, simpleOrder({ paymentMethod: 'COD' }));
    const settled = await paid(await orders.place(buyer));
    const pending = await orders.place(buyer);
    const of = `userId=${userId}`;
    expect(await found(`${of}&status=confirmed`)).toEqual([settled.id, cash.id]);
    expect(await found(`${of}&status=Pending`)).toEqual([pending.id]);
    expect(await found(`${of}&status=paid`)).toEqual([settled.id]);
    expect(await found(`${of}&page=2&limit=1`)).toEqual([settled.id]);
    expect(await found(`${of}&businessId=${cash.businessId}`)).toHaveLength(3);
    expect(await found(of, { ...admin, businessId: cash.businessId })).toHaveLength(3);
    expect(await found(of, { ...admin, businessId: newId() })).toEqual([]);
    expect(await found(`search=${cash.orderNumber}`, { ...admin, businessId: newId() })).toEqual([]);
  });

  it('is for administrators', async () => {
    expect(await orders.as(customer()).get('/orders/admin/all')).toMatchObject({ status: 403 });
    expect(await orders.service.client.anonymous().get('/orders/admin/all')).toMatchObject({ status: 401 });
    expect(await orders.as().get('/orders/admin/all?colour=red')).toMatchObject({ status: 400 });
  });
});

describe('the export', () => {
  it('is all that the same filters find, as CSV that no spreadsheet takes for formulas', async () => {
    const shippingAddress = { name: '=HYPERLINK("x")', line1: '1', city: 'Pune', state: 'Goa', pincode: '411001' };
    const userId = newId();
    const buyer = { ...customer(), userId };
    const pending = await orders.place(buyer, simpleOrder({ shippingAddress }));
    const cash = await orders.place(buyer, simpleOrder({ paymentMethod: 'COD', source: 'a "quoted", word' }));
    const read = (query: string, person = admin) => orders.as(person).get<string>(`/orders/admin/export.csv?${query}`);
    const { status, headers, body } = await read(`userId=${userId}`);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
    expect(headers.get('content-disposition')).toContain('orders.csv');
    const [columns, ...rows] = body.trimEnd().split('\r\n');
    expect(columns).toMatch(/^orderNumber,createdAt,status,/);
    expect(rows.map((row) => row.split(',')[0])).toEqual([cash.orderNumber, pending.orderNumber]);
    expect(rows[0]).toContain('"a ""quoted"", word"');
    expect(rows[1]).toContain(`"'=HYPERLINK(""x"")"`);
    expect(rows[1]).toContain(',2 x TSHIRT,2000,0,305.08,0,2000,0,');
    const linesOf = async (query: string, person = admin) =>
      (await read(query, person)).body.trimEnd().split('\r\n').length;
    expect(await linesOf(`userId=${userId}&status=confirmed`)).toBe(2);
    expect(await linesOf(`userId=${userId}`, { ...admin, businessId: newId() })).toBe(1);
    expect((await read('', customer())).status).toBe(403);
    expect((await read('page=1')).status).toBe(400);
  });

  it('goes on beyond what is read at a time, without loss or repetition', async () => {
    const userId = newId();
    const { id } = await orders.place({ ...customer(), userId });
    const columns = await orders.service.db.query<{ name: string }>(
      `select column_name as name from information_schema.columns
       where table_name = 'orders' and column_name not in ('id', 'order_number')`,
    );
    const names = columns.map(({ name }) => name).join(', ');
    await orders.service.db.query(
      `insert into orders (id, order_number, ${names}) select gen_random_uuid(), 'COPY-' || n, ${names}
       from orders, generate_series(1, 1200) n where id = $1`,
      [id],
    );
    await orders.service.db.query(
      `insert into order_lines select gen_random_uuid(), o.id, l.position, ${await lineColumns()}
       from orders o, order_lines l where l.order_id = $1 and o.order_number like 'COPY-%'`,
      [id],
    );
    const { body } = await orders.as().get<string>(`/orders/admin/export.csv?userId=${userId}`);
    const numbers = body
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((row) => row.split(',')[0]);
    expect([numbers.length, new Set(numbers).size]).toEqual([1_201, 1_201]);
  });
});

async function lineColumns(): Promise<string> {
  const rows = await orders.service.db.query<{ name: string }>(
    `select column_name as name from information_schema.columns
     where table_name = 'order_lines' and column_name not in ('id', 'order_id', 'position') order by ordinal_position`,
  );
  return rows.map(({ name }) => `l.${name}`).join(', ');
}

describe('a search', () => {
  it('finds an order by the beginning of what people know of it', async () => {
    const shippingAddress = {
      name: "Zenobia O'Hara",
      line1: '1 Street',
      city: 'Pune',
      state: 'Maharashtra',
      pincode: '411001',
    };
    const contact = { email: 'Zenobia.Unusual@example.com', phone: '+91 70001 23456' };
    const { id, orderNumber } = await orders.place(customer(), simpleOrder({ shippingAddress, ...contact }));
    await orders.place();
    const texts = [
      orderNumber.toLowerCase(),
      orderNumber.slice(0, -1),
      orderNumber.slice(-6),
      'zenobia.unusual@EXAMPLE.com',
      'zenobia.unus',
      '+91 70001-23456',
      '070001 23456',
      '917000123',
      'zenobia',
      "o'hara ZEN",
    ];
    const missed: string[] = [];
    for (const text of texts) if (!(await search(text)).includes(id)) missed.push(text);
    expect(missed).toEqual([]);
    expect(await search('zenobia', '&status=PENDING')).toEqual([id]);
    expect(await search('zenobia', '&status=SHIPPED')).toEqual([]);
    for (const text of ['unusual@example.com', 'zenobia rao', 'hara', `'''|'''`, "a':*|'b", '12'])
      expect(await search(text)).toEqual([]);
    expect(await search('ze')).toEqual([]);
    for (const text of ['-', '+'])
      expect([text, (await orders.as().get(`/orders/admin/all?search=${encodeURIComponent(text)}`)).status]).toEqual([
        text,
        400,
      ]);
  });

  it('finds an order by Razorpay’s id of its payment once it is paid', async () => {
    const razorpayPaymentId = `pay_${newId().replaceAll('-', '').slice(-14)}`;
    const { id } = await paid(await orders.place(), razorpayPaymentId);
    expect(await search(razorpayPaymentId)).toEqual([id]);
    expect(await search(razorpayPaymentId.slice(0, -2))).toEqual([id]);
    expect(await orders.read(id)).toMatchObject({ razorpayPaymentId, paymentExpiresAt: null });
  });

  it('goes on from page to page', async () => {
    const shippingAddress = { name: 'Ottoline Prior', line1: '1', city: 'Pune', state: 'Goa', pincode: '411001' };
    const placed: string[] = [];
    for (let n = 0; n < 5; n += 1)
      placed.unshift((await orders.place(customer(), simpleOrder({ shippingAddress }))).id);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const at: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body }: { body: OrderPage } = await orders
        .as()
        .get<OrderPage>(`/orders/admin/all?search=ottoline&take=2${at}`);
      seen.push(...body.data.map(({ id }) => id));
      expect(body.total).toBe(5);
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(placed);
  });

  it('runs on an index', async () => {
    const database = orders.service.app.get(Database, { strict: false });
    const plan = await database.sqlTransaction(async (tx) => {
      await tx.query('set local enable_seqscan = off');
      return tx.query(`explain select order_id from order_search where words @@ '''zenobia'':*'::tsquery`);
    });
    expect(JSON.stringify(plan)).toContain('order_search_words_idx');
  });
});
