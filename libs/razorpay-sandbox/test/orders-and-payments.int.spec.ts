import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkoutSignature } from '../src/index.js';
import { eventually, failureOf, KEY_SECRET, type RunningSandbox, sdkFor, startSandbox } from './sandbox-fixture.js';

let running: RunningSandbox;

beforeEach(async () => {
  running = await startSandbox();
});

afterEach(() => running.stop());

describe('orders through the razorpay SDK', () => {
  it('creates an order, and finds it by its id and by its receipt', async () => {
    const order = await running.razorpay.orders.create({
      amount: 123_45,
      currency: 'INR',
      receipt: 'receipt-1',
      notes: { orderId: 'our-1' },
    });
    await running.razorpay.orders.create({ amount: 500, currency: 'INR', receipt: 'receipt-2' });

    expect(order).toMatchObject({
      entity: 'order',
      amount: 123_45,
      amount_paid: 0,
      amount_due: 123_45,
      status: 'created',
      attempts: 0,
      notes: { orderId: 'our-1' },
    });
    expect(order.id).toMatch(/^order_[0-9A-Za-z]{14}$/);
    expect(await running.razorpay.orders.fetch(order.id)).toEqual(order);
    const found = await running.razorpay.orders.all({ receipt: 'receipt-1' });
    expect(found).toEqual({ entity: 'collection', count: 1, items: [order] });
    expect((await running.razorpay.orders.all({ receipt: 'unheard of' })).items).toEqual([]);
  });

  it('lists newest first, page by page', async () => {
    for (const amount of [100, 200, 300]) await running.razorpay.orders.create({ amount, currency: 'INR' });

    const page = await running.razorpay.orders.all({ count: 2, skip: 1 });

    expect(page.items.map(({ amount }) => amount)).toEqual([200, 100]);
  });

  it('replaces the notes of an order', async () => {
    const order = await running.razorpay.orders.create({ amount: 100, currency: 'INR' });
    expect(order.notes).toEqual([]);

    await running.razorpay.orders.edit(order.id, { notes: { colour: 'red' } });

    expect((await running.razorpay.orders.fetch(order.id)).notes).toEqual({ colour: 'red' });
  });

  it('refuses a receipt that an order has already', async () => {
    await running.razorpay.orders.create({ amount: 100, currency: 'INR', receipt: 'once' });

    const failure = await failureOf(running.razorpay.orders.create({ amount: 100, currency: 'INR', receipt: 'once' }));

    expect(failure).toMatchObject({ statusCode: 400, error: { code: 'BAD_REQUEST_ERROR', field: 'receipt' } });
  });

  it.each([
    ['amount', { amount: 99 }],
    ['amount', { amount: 100.5 }],
    ['amount', { amount: '100' }],
    ['currency', { currency: 'USD' }],
    ['receipt', { receipt: 'r'.repeat(41) }],
    ['notes', { notes: { long: 'n'.repeat(257) } }],
    ['notes', { notes: Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`note${index}`, 'x'])) }],
    ['payment_capture', { payment_capture: 'maybe' }],
    ['colour', { colour: 'red' }],
  ])('refuses a wrong %s: %j', async (field, wrong) => {
    const { orders } = running.razorpay;
    const order = { amount: 100, currency: 'INR', ...wrong };

    const failure = await failureOf(Reflect.apply(orders.create, orders, [order]));

    expect(failure).toMatchObject({ statusCode: 400, error: { code: 'BAD_REQUEST_ERROR', field } });
    expect(Object.keys(failure.error).sort()).toEqual(
      ['code', 'description', 'field', 'metadata', 'reason', 'source', 'step'].sort(),
    );
  });

  it('refuses wrong keys', async () => {
    const stranger = sdkFor(running.url, 'not the secret');

    const failure = await failureOf(stranger.orders.create({ amount: 100, currency: 'INR' }));

    expect(failure).toMatchObject({ statusCode: 401, error: { description: 'Authentication failed' } });
  });

  it('answers 400 for ids that are unknown or malformed', async () => {
    const unknown = await failureOf(running.razorpay.orders.fetch('order_00000000000000'));
    const malformed = await failureOf(running.razorpay.payments.fetch('pay_1'));

    expect(unknown).toMatchObject({ statusCode: 400, error: { description: 'The id provided does not exist' } });
    expect(malformed).toMatchObject({ statusCode: 400, error: { description: 'pay_1 is not a valid id' } });
  });

  it('says what is wrong with a base URL that ends in /v1', async () => {
    const failure = await failureOf(sdkFor(`${running.url}/v1`).orders.all());

    expect(failure).toMatchObject({ statusCode: 404, error: { description: expect.stringContaining('base URL') } });
  });
});

describe('payments', () => {
  it('authorizes without capture by default, and captures by request', async () => {
    const order = await running.razorpay.orders.create({ amount: 100_000, currency: 'INR' });
    const paid = await running.pay(order.id, { outcome: 'success', method: 'card' });

    expect(paid).toEqual({
      razorpay_payment_id: expect.stringMatching(/^pay_[0-9A-Za-z]{14}$/),
      razorpay_order_id: order.id,
      razorpay_signature: checkoutSignature(order.id, paid.razorpay_payment_id, KEY_SECRET),
      status: 'authorized',
    });
    expect(await running.razorpay.payments.fetch(paid.razorpay_payment_id)).toMatchObject({
      status: 'authorized',
      captured: false,
      fee: null,
      tax: null,
    });
    expect(await running.razorpay.orders.fetch(order.id)).toMatchObject({ status: 'attempted', attempts: 1 });

    await running.razorpay.payments.capture(paid.razorpay_payment_id, 100_000, 'INR');

    expect(await running.razorpay.payments.fetch(paid.razorpay_payment_id)).toMatchObject({
      status: 'captured',
      captured: true,
      fee: 2360,
      tax: 360,
    });
    expect(await running.razorpay.orders.fetch(order.id)).toMatchObject({
      status: 'paid',
      amount_paid: 100_000,
      amount_due: 0,
    });
  });

  it('refuses to capture another amount, a failed payment, and the same payment twice', async () => {
    const order = await running.razorpay.orders.create({ amount: 500, currency: 'INR' });
    const failed = await running.pay(order.id, { outcome: 'failure' });
    const paid = await running.pay(order.id, { outcome: 'success' });
    const { capture } = running.razorpay.payments;

    expect(await failureOf(capture(paid.razorpay_payment_id, 400, 'INR'))).toMatchObject({ statusCode: 400 });
    expect(await failureOf(capture(failed.razorpay_payment_id, 500, 'INR'))).toMatchObject({ statusCode: 400 });
    await capture(paid.razorpay_payment_id, 500, 'INR');
    expect(await failureOf(capture(paid.razorpay_payment_id, 500, 'INR'))).toMatchObject({
      error: { description: 'This payment has already been captured' },
    });
  });

  it('captures at once when the order asks for it', async () => {
    const order = await running.razorpay.orders.create({ amount: 500, currency: 'INR', payment_capture: true });

    const paid = await running.pay(order.id, { outcome: 'success' });

    expect(paid.status).toBe('captured');
  });

  it('keeps every attempt of an order, failed ones among them, and takes a second capture', async () => {
    const order = await running.razorpay.orders.create({ amount: 500, currency: 'INR', payment_capture: true });
    await running.pay(order.id, { outcome: 'failure' });
    await running.pay(order.id, { outcome: 'success' });
    await running.pay(order.id, { outcome: 'success' });

    const payments = await running.razorpay.orders.fetchPayments(order.id);

    expect(payments).toMatchObject({ entity: 'collection', count: 3 });
    expect(payments.items.map(({ status }) => status)).toEqual(['captured', 'captured', 'failed']);
    expect(await running.razorpay.orders.fetch(order.id)).toMatchObject({ attempts: 3, amount_paid: 500 });
    await eventually(() => expect(running.receiver.received).toHaveLength(6));
    expect(running.receiver.names().filter((name) => name === 'order.paid')).toHaveLength(1);
  });

  it('makes a payment of another amount and currency when told to', async () => {
    const order = await running.razorpay.orders.create({ amount: 500, currency: 'INR' });

    const paid = await running.pay(order.id, { outcome: 'success', amount: 100, currency: 'USD', capture: true });

    expect(await running.razorpay.payments.fetch(paid.razorpay_payment_id)).toMatchObject({
      amount: 100,
      currency: 'USD',
      status: 'captured',
    });
    expect(await running.razorpay.orders.fetch(order.id)).toMatchObject({ status: 'attempted', amount_paid: 0 });
  });

  it('refuses a control request with unknown or wrong fields', async () => {
    const order = await running.razorpay.orders.create({ amount: 500, currency: 'INR' });
    const path = `/sandbox/orders/${order.id}/pay`;

    expect(await running.control('POST', path, { outcome: 'perhaps' })).toMatchObject({ status: 400 });
    expect(await running.control('POST', path, { outcome: 'success', webhooks: { late: true } })).toMatchObject({
      status: 400,
      body: { error: { code: 'BAD_REQUEST_ERROR' } },
    });
  });
});
