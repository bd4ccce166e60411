import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type FaultKind, type PayResult, type Sandbox } from '@reseller/razorpay-sandbox';
import { loadConfig, newId } from '@reseller/runtime';
import { TEST_IDENTITY } from '@reseller/testing';
import { paymentServiceConfig } from '../src/payment-service.config.js';
import { receiptFor } from '../src/payments/payment.js';
import { RazorpayGateway } from '../src/razorpay/razorpay-gateway.js';
import { KEY_ID, KEY_SECRET, WEBHOOK_SECRET } from './payment-fixture.js';

const environment = (over: Record<string, string>) => ({
  DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none',
  RAZORPAY_KEY_ID: KEY_ID,
  RAZORPAY_KEY_SECRET: KEY_SECRET,
  RAZORPAY_WEBHOOK_SECRET: WEBHOOK_SECRET,
  RAZORPAY_TIMEOUT: '250ms',
  ...TEST_IDENTITY,
  ...over,
});

describe('the gateway', () => {
  let sandbox: Sandbox;
  let url: string;
  let gateway: RazorpayGateway;
  beforeAll(async () => {
    sandbox = createSandbox({
      keyId: KEY_ID,
      keySecret: KEY_SECRET,
      webhookUrl: 'http://127.0.0.1:9/',
      webhookSecret: WEBHOOK_SECRET,
      webhookRetryDelaysMs: [],
    });
    ({ url } = await sandbox.listen());
    gateway = gatewayTo(url);
  });
  afterAll(() => sandbox.close());

  const gatewayTo = (apiUrl: string, over: Record<string, string> = {}) =>
    new RazorpayGateway(loadConfig(paymentServiceConfig, { env: environment({ RAZORPAY_API_URL: apiUrl, ...over }) }));
  const order = (receipt = receiptFor(newId())) => ({
    amountPaise: 50_000n,
    currency: 'INR',
    receipt,
    notes: { orderId: 'x' },
  });
  const control = async <T>(path: string, body: object): Promise<T> => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return JSON.parse(await response.text());
  };
  const fault = (route: string, kind: FaultKind) => control('/sandbox/faults', { route, kind, times: 1 });
  const paidOrder = async () => {
    const made = await gateway.createOrder(order());
    if (made.kind !== 'ok') throw new Error('the sandbox makes orders');
    const paid = await control<PayResult>(`/sandbox/orders/${made.value.id}/pay`, {
      outcome: 'success',
      webhooks: { drop: true },
    });
    return { orderId: made.value.id, paymentId: paid.razorpay_payment_id };
  };

  it('makes an order, finds it by receipt, and reads its payments', async () => {
    const wanted = order();
    const made = await gateway.createOrder(wanted);
    expect(made).toMatchObject({
      kind: 'ok',
      value: { amountPaise: 50_000n, receipt: wanted.receipt, status: 'created' },
    });
    expect(await gateway.findOrderByReceipt(wanted.receipt)).toEqual(made);
    expect(await gateway.findOrderByReceipt(receiptFor(newId()))).toEqual({ kind: 'ok', value: undefined });
    const { orderId, paymentId } = await paidOrder();
    expect(await gateway.paymentsOfOrder(orderId)).toMatchObject({
      kind: 'ok',
      value: [{ id: paymentId, isCaptured: true }],
    });
  });

  it('refunds what it is told, once per key', async () => {
    const { paymentId } = await paidOrder();
    const request = { paymentId, amountPaise: 20_000n, idempotencyKey: newId(), notes: { refundId: 'r' } };
    const first = await gateway.refund(request);
    expect(first).toMatchObject({ kind: 'ok', value: { amountPaise: 20_000n, notes: { refundId: 'r' } } });
    expect(await gateway.refund(request)).toEqual(first);
    expect(await gateway.refundsOfPayment(paymentId)).toMatchObject({ kind: 'ok', value: [{ amountPaise: 20_000n }] });
    expect(await gateway.refund({ ...request, idempotencyKey: newId(), amountPaise: 40_000n })).toMatchObject({
      kind: 'rejected',
      status: 400,
      code: 'BAD_REQUEST_ERROR',
    });
  });

  it.each(['timeout', 'error-500', 'html-502', 'drop-after-effect'] as const)(
    'does not know what came of a change that ends in %s, and can look again after a look',
    async (kind) => {
      await fault('POST /orders', kind);
      expect((await gateway.createOrder(order())).kind).toBe('unknown-outcome');
      await fault('GET /orders', kind);
      expect((await gateway.findOrderByReceipt('order_x')).kind).toBe('unavailable');
      expect((await gateway.findOrderByReceipt('order_x')).kind).toBe('ok');
    },
  );

  it('knows that nothing happened where nobody listens, or where the keys are wrong', async () => {
    expect((await gatewayTo('http://127.0.0.1:9').createOrder(order())).kind).toBe('unavailable');
    expect((await gatewayTo(url, { RAZORPAY_KEY_SECRET: 'another secret' }).createOrder(order())).kind).toBe(
      'unavailable',
    );
  });

  it('lets nothing into a path that is not an id', () => {
    for (const id of ['pay_1/../../orders', 'order_ABCDEFGHIJKLMN', '', 'pay_ABC?x=1']) {
      expect(() => gateway.fetchPayment(id)).toThrow();
    }
  });

  it('shows its secret to nobody', () => {
    const shown = inspect(gateway, { depth: 20, showHidden: true, getters: true }) + JSON.stringify(gateway);
    expect(shown).not.toContain(KEY_SECRET);
    expect(shown).not.toContain(Buffer.from(`${KEY_ID}:${KEY_SECRET}`).toString('base64'));
  });

  it.each(['RAZORPAY_WEBHOOK_SECRET', 'RAZORPAY_KEY_SECRET', 'RAZORPAY_KEY_ID'])(
    'does not start with an empty %s',
    (name) => {
      expect(() => loadConfig(paymentServiceConfig, { env: environment({ [name]: '' }) })).toThrow(name);
    },
  );
});
