import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Razorpay from 'razorpay';
import { checkoutSignature, type WebhookEventName, webhookSignature } from '../src/index.js';
import { eventually, type RunningSandbox, startSandbox } from './sandbox-fixture.js';

/** Compares what the sandbox sends with the samples of Razorpay's documentation: the same fields of the same types. */

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Documented in one sample only, for features that the sandbox does not have. */
const NOT_OURS = new Set(['payload.payment.entity.token_id']);

let running: RunningSandbox;

beforeAll(async () => {
  running = await startSandbox({ autoCapture: true });
});

afterAll(() => running.stop());

function sample(name: string): string {
  return readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8');
}

/**
 * `payload.payment.entity.amount` → `number`, for every field. Null says nothing about a type, and notes are an array
 * when empty and an object otherwise: both are `any`.
 */
function typesOf(value: Json, path = ''): Map<string, string> {
  if (value === null || path.endsWith('.notes')) return new Map([[path, 'any']]);
  if (Array.isArray(value)) return new Map([[path, 'array']]);
  if (typeof value !== 'object') return new Map([[path, typeof value]]);
  const fields = Object.entries(value).map(([key, inner]) => typesOf(inner, path === '' ? key : `${path}.${key}`));
  return new Map(fields.flatMap((types) => [...types]));
}

async function eventOf(name: WebhookEventName, orderId: string): Promise<Json> {
  return eventually(() => {
    const found = running.receiver.received.find(
      ({ body }) => body.event === name && body.payload['payment']?.entity['order_id'] === orderId,
    );
    if (found === undefined) throw new Error(`no ${name} yet`);
    return JSON.parse(found.rawBody);
  });
}

function differences(documented: Json, sent: Json): string[] {
  const ours = typesOf(sent);
  return [...typesOf(documented)].flatMap(([path, type]) => {
    if (NOT_OURS.has(path)) return [];
    const own = ours.get(path) ?? (isNullAbove(path, ours) ? 'any' : undefined);
    if (own === undefined) return [`${path} is missing`];
    return own === type || own === 'any' || type === 'any' ? [] : [`${path} is ${own}, documented as ${type}`];
  });
}

function isNullAbove(path: string, ours: ReadonlyMap<string, string>): boolean {
  return ours.get(path.slice(0, path.lastIndexOf('.'))) === 'any';
}

describe('the sandbox, compared with the samples in Razorpay’s documentation', () => {
  it.each([
    ['payment.captured', 'card', 'payment.captured-card'],
    ['payment.captured', 'upi', 'payment.captured-upi'],
    ['payment.captured', 'netbanking', 'payment.captured-netbanking'],
    ['payment.captured', 'wallet', 'payment.captured-wallets'],
    ['payment.authorized', 'card', 'payment.authorized-card'],
    ['payment.authorized', 'netbanking', 'payment.authorized-netbanking'],
    ['order.paid', 'card', 'order.paid-card'],
    ['order.paid', 'upi', 'order.paid-upi'],
  ] as const)('sends %s by %s as in %s', async (event, method, file) => {
    const order = await running.razorpay.orders.create({
      amount: 500,
      currency: 'INR',
      receipt: `r-${event}-${method}`,
    });
    await running.pay(order.id, { outcome: 'success', method });

    expect(differences(JSON.parse(sample(file)), await eventOf(event, order.id))).toEqual([]);
  });

  it.each([
    ['card', 'payment.failed-card'],
    ['upi', 'payment.failed-upi'],
  ] as const)('sends payment.failed by %s as in %s', async (method, file) => {
    const order = await running.razorpay.orders.create({ amount: 500, currency: 'INR' });
    await running.pay(order.id, { outcome: 'failure', method });

    expect(differences(JSON.parse(sample(file)), await eventOf('payment.failed', order.id))).toEqual([]);
  });

  it.each(['refund.created', 'refund.processed'] as const)('sends %s as documented', async (event) => {
    const order = await running.razorpay.orders.create({ amount: 500, currency: 'INR' });
    const { razorpay_payment_id: paymentId } = await running.pay(order.id, {
      outcome: 'success',
      method: 'netbanking',
    });
    await running.razorpay.payments.refund(paymentId, { amount: 200 });

    const documented = JSON.parse(sample(`${event}-normal-refunds`));
    expect(differences(documented, await eventOf(event, order.id))).toEqual([]);
  });

  it('signs webhooks as in Razorpay’s own signature vector', () => {
    const body = readFileSync(new URL('../fixtures/payment.authorized-netbanking-signed-vector.json', import.meta.url));

    expect(webhookSignature(body, '123456')).toBe('56df260ab4647b07b729b0b48d2a95b71de42f109884949e5ec387a2bb8b6919');
  });

  it('signs checkouts as in the checkout vector', () => {
    expect(checkoutSignature('order_1', 'pay_1', 'secret')).toBe(
      '52115a0d3400de9e86aade1f1b6eba9e8974604f4e267a9e9a16633a4c8dd2cb',
    );
  });

  it('signs so that the SDK’s own check agrees', () => {
    const signature = webhookSignature('{"a":1}', 'secret');

    expect(Razorpay.validateWebhookSignature('{"a":1}', signature, 'secret')).toBe(true);
  });
});
