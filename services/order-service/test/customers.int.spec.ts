import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_BUSINESS_ID } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { problem } from '@reseller/testing';
import {
  admin,
  customer,
  simpleOrder,
  startOrderService,
  type OrderFixture,
  type PlacedOrder,
  type Problem,
} from './order-fixture.js';

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService();
});
afterAll(() => orders?.stop());
beforeEach(() => orders.reset());

const rahul = { name: 'Rahul Sharma', email: 'rahul@example.com', phone: '+919876543210' };
const flat = {
  name: 'Rahul Sharma',
  line1: '123 MG Road',
  line2: null,
  city: 'Bengaluru',
  state: 'Karnataka',
  pincode: '560001',
  country: 'IN',
  phone: '+919876543210',
};

interface Known {
  readonly userId?: string | null;
  readonly businessId?: string;
  readonly addressId?: string;
}

/** Auth knows one customer, and one address of their account. @returns the customer's id. */
function knowing({ userId = null, businessId = DEFAULT_BUSINESS_ID, addressId }: Known = {}): string {
  const id = newId();
  orders.auth.respond = ({ path }) => {
    if (path === `/internal/customers/${id}`) return { status: 200, body: { id, businessId, userId, ...rahul } };
    if (path === `/internal/users/${userId}/addresses/${addressId}`)
      return { status: 200, body: { id: addressId, ...flat } };
    return path.startsWith('/internal/users/') && !path.includes('/addresses/')
      ? {
          status: 200,
          body: { roles: ['ADMIN'], isActive: true, email: null, firstName: null, lastName: null, phone: null },
        }
      : problem(404, 'NOT_FOUND');
  };
  return id;
}

const refused = async (body: Record<string, unknown>, person = customer()) => {
  const { status, body: answer } = await orders.as(person).post<Problem>('/orders', body);
  return { status, code: answer.code };
};
const UNKNOWN = { status: 422, code: 'CUSTOMER_UNKNOWN' };
const UNKNOWN_ANSWER = { status: 422, body: { code: 'CUSTOMER_UNKNOWN' } };

describe('an administrator who orders for a customer', () => {
  it('reaches the buyer as the business does, and the order is the customer’s account’s, if they have one', async () => {
    const userId = newId();
    const account = await orders.place(admin, simpleOrder({ customerId: knowing({ userId }) }));
    expect(account).toMatchObject({ userId, buyer: rahul });
    expect(await orders.as({ userId, roles: ['CUSTOMER'] }).get(`/orders/${account.id}`)).toMatchObject({
      status: 200,
    });

    const customerId = knowing();
    const none = await orders.place(admin, simpleOrder({ customerId, source: 'whatsapp' }));
    expect(none).toMatchObject({ userId: null, customerId, buyer: rahul, source: 'whatsapp' });
    const [created] = await orders.told(none.id);
    expect(created).toMatchObject({ actor: admin.userId, data: { buyer: { userId: null, customerId, ...rahul } } });
    const said = { email: 'other@example.com', phone: '+919800000009' };
    const other = await orders.place(admin, simpleOrder({ customerId: knowing(), ...said }));
    expect(other).toMatchObject({ buyer: { name: rahul.name, ...said } });
  });

  it('joins the account that has verified the customer’s address', async () => {
    const userId = newId();
    await orders.service.db.query('insert into verified_emails (email, user_id) values ($1, $2)', [
      rahul.email,
      userId,
    ]);
    try {
      expect(await orders.place(admin, simpleOrder({ customerId: knowing() }))).toMatchObject({ userId });
    } finally {
      await orders.service.db.query('delete from verified_emails');
    }
  });

  it('may name the account as well, but not another one', async () => {
    const userId = newId();
    expect(await orders.place(admin, simpleOrder({ customerId: knowing({ userId }), userId }))).toMatchObject({
      userId,
    });
    const other = simpleOrder({ customerId: knowing({ userId }), userId: newId() });
    expect(await refused(other, admin)).toEqual({ status: 422, code: 'CUSTOMER_MISMATCH' });
  });

  it('orders for those of the business that sells, and of one’s own', async () => {
    const elsewhere = simpleOrder({ customerId: knowing({ businessId: newId() }) });
    expect(await refused(elsewhere, admin)).toEqual(UNKNOWN);
    const other = { ...admin, businessId: newId() };
    expect(await refused(simpleOrder({ customerId: knowing() }), other)).toEqual({
      status: 422,
      code: 'BUSINESS_MISMATCH',
    });
    const own = { ...admin, businessId: DEFAULT_BUSINESS_ID };
    expect(await orders.place(own, simpleOrder({ customerId: knowing() }))).toMatchObject({ buyer: rahul });
  });

  it('of one business orders for accounts that have bought there, and learns nothing of others', async () => {
    const own = { ...admin, businessId: DEFAULT_BUSINESS_ID };
    const [bought, stranger] = [newId(), newId()];
    await orders.service.db.query(
      'insert into customer_copies (business_id, user_id, customer_id) values ($1, $2, $3), ($4, $5, $6)',
      [DEFAULT_BUSINESS_ID, bought, newId(), newId(), stranger, newId()],
    );
    expect(await orders.place(own, simpleOrder({ userId: bought }))).toMatchObject({ userId: bought });
    expect(await refused(simpleOrder({ userId: stranger }), own)).toEqual(UNKNOWN);
    const beside = simpleOrder({ userId: stranger, customerId: knowing() });
    expect(await refused(beside, own)).toEqual(UNKNOWN);
    expect(await orders.place(admin, simpleOrder({ userId: stranger }))).toMatchObject({ userId: stranger });
  });

  it('must still be one', async () => {
    orders.auth.respond = () => problem(404, 'USER_NOT_FOUND');
    expect(await refused(simpleOrder({ userId: newId() }), admin)).toMatchObject({ status: 403 });
    expect(orders.product.calls).toEqual([]);
  });
});

describe('a customer of the business', () => {
  it('who is unknown is refused, and nothing is reserved', async () => {
    knowing();
    for (const person of [admin, customer()])
      expect(await refused(simpleOrder({ customerId: newId() }), person)).toEqual(UNKNOWN);
    orders.auth.respond = () => problem(503, 'DATABASE_UNAVAILABLE');
    expect(await refused(simpleOrder({ customerId: newId() }))).toMatchObject({ status: 503 });
    expect(orders.product.calls).toEqual([]);
  });

  it('is not asked for where none is named', async () => {
    await orders.place();
    expect(orders.auth.callsTo('/internal/customers')).toEqual([]);
  });

  it('may be named by their own account; to others one with an account does not exist', async () => {
    const buyer = customer();
    const customerId = knowing({ userId: buyer.userId ?? null });
    expect(await orders.place(buyer, simpleOrder({ customerId }))).toMatchObject({ customerId, userId: buyer.userId });
    expect(await refused(simpleOrder({ customerId }))).toEqual(UNKNOWN);
    const guest = { customerId, email: 'guest@example.com', phone: '+919800000001' };
    expect(await orders.service.client.anonymous().post('/orders', simpleOrder(guest))).toMatchObject(UNKNOWN_ANSWER);
  });

  it('without an account may be named by who is reached as they are, who gives them no right; to others they do not exist', async () => {
    const customerId = knowing();
    const stranger = { customerId, email: 'guest@example.com', phone: '+919800000001' };
    expect(await refused(simpleOrder({ customerId }))).toEqual(UNKNOWN);
    expect(await orders.service.client.anonymous().post('/orders', simpleOrder(stranger))).toMatchObject(
      UNKNOWN_ANSWER,
    );
    const order = await orders.place(customer(), simpleOrder({ customerId, phone: rahul.phone }));
    expect(order).toMatchObject({ customerId, buyer: { email: 'buyer@example.com' } });
    const contact = orders.service.client.as({ userId: customerId, roles: ['CUSTOMER'] });
    expect(await contact.get(`/orders/${order.id}`)).toMatchObject({ status: 404 });
    const guest = { customerId, email: 'guest@example.com', phone: rahul.phone };
    const placed = await orders.service.client.anonymous().post<PlacedOrder>('/orders', simpleOrder(guest));
    expect(placed).toMatchObject({
      status: 201,
      body: { customerId, buyer: { email: guest.email, phone: guest.phone } },
    });
  });
});

describe('an address of the buyer’s address book', () => {
  const order = (more: Record<string, unknown>) => simpleOrder({ shippingAddress: undefined, ...more });

  it('is where the order goes, and its state decides the tax', async () => {
    const buyer = customer();
    const shippingAddressId = newId();
    knowing({ userId: buyer.userId ?? null, addressId: shippingAddressId });
    const { line2: _none, ...address } = flat;
    const placed = await orders.place(buyer, order({ shippingAddressId }));
    expect(placed).toMatchObject({ shippingAddress: address, buyer: { name: flat.name } });
    expect(placed.shippingAddress).not.toHaveProperty('line2');
    expect(orders.pricing.calls[0]?.body).toMatchObject({ destinationState: 'Karnataka' });
  });

  it('may be the customer’s, whom an administrator orders for', async () => {
    const [userId, shippingAddressId] = [newId(), newId()];
    const customerId = knowing({ userId, addressId: shippingAddressId });
    const placed = await orders.place(admin, order({ customerId, shippingAddressId }));
    expect(placed).toMatchObject({ userId, shippingAddress: { line1: flat.line1 } });
  });

  it('that is somebody else’s, or anybody’s for a guest, is unknown', async () => {
    const shippingAddressId = newId();
    knowing({ userId: newId(), addressId: shippingAddressId });
    const unknown = { status: 422, code: 'ADDRESS_UNKNOWN' };
    expect(await refused(order({ shippingAddressId }))).toEqual(unknown);
    const guest = { shippingAddressId, email: 'guest@example.com', phone: '+919800000001' };
    const answer = await orders.service.client.anonymous().post<Problem>('/orders', order(guest));
    expect({ status: answer.status, code: answer.body.code }).toEqual(unknown);
    expect(orders.product.calls).toEqual([]);
  });
});
