import { afterEach, describe, expect, it } from '@jest/globals';
import { readConfig } from '../src/config.js';
import { createSandbox } from '../src/index.js';
import { type RunningSandbox, startSandbox } from './sandbox-fixture.js';

let running: RunningSandbox | undefined;

afterEach(async () => {
  await running?.stop();
  running = undefined;
});

const KEYS = { RAZORPAY_KEY_ID: 'rzp_test_1', RAZORPAY_KEY_SECRET: 'secret', RAZORPAY_WEBHOOK_SECRET: 'hooks' };

describe('the sandbox', () => {
  it('is healthy when it answers', async () => {
    running = await startSandbox();

    for (const path of ['/health', '/health/live', '/health/ready']) {
      expect((await running.control('GET', path)).status).toBe(200);
    }
  });

  it('shows its state without any secret', async () => {
    running = await startSandbox();
    await running.razorpay.orders.create({ amount: 500, currency: 'INR' });

    const { body } = await running.control('GET', '/sandbox/state');

    expect(body).toMatchObject({
      settings: { autoCapture: false, refundsSettle: 'at-once' },
      counts: { orders: 1, payments: 0, refunds: 0, webhooks: 0 },
    });
    expect(JSON.stringify(body)).not.toMatch(/secret/i);
  });

  it('forgets the oldest orders beyond its capacity, receipts included', async () => {
    running = await startSandbox({ capacity: 2 });
    const { orders } = running.razorpay;
    for (const receipt of ['a', 'b', 'c']) await orders.create({ amount: 500, currency: 'INR', receipt });

    expect((await orders.all()).items.map(({ receipt }) => receipt)).toEqual(['c', 'b']);
    await orders.create({ amount: 500, currency: 'INR', receipt: 'a' });
  });

  it('refuses live keys and empty secrets', () => {
    const options = { keyId: 'rzp_test_1', keySecret: 'a', webhookSecret: 'b', webhookUrl: 'http://localhost/hook' };

    expect(() => createSandbox({ ...options, keyId: 'rzp_live_1' })).toThrow('live keys');
    expect(() => createSandbox({ ...options, webhookSecret: '' })).toThrow('webhook secret');
  });

  it('reads its configuration with defaults', () => {
    expect(readConfig(KEYS)).toMatchObject({ port: 3009, webhookUrl: 'http://localhost:3000/payments/webhook' });
  });

  it('names everything that is wrong with its configuration at once', () => {
    const wrong = {
      ...KEYS,
      RAZORPAY_KEY_SECRET: '',
      RAZORPAY_SANDBOX_PORT: 'x',
      RAZORPAY_SANDBOX_WEBHOOK_URL: 'ftp:/',
    };

    expect(() => readConfig(wrong)).toThrow(
      /RAZORPAY_KEY_SECRET.*RAZORPAY_SANDBOX_PORT|RAZORPAY_SANDBOX_PORT.*RAZORPAY_KEY_SECRET/,
    );
  });
});
