import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, failureOf, type RunningSandbox, sdkFor, startSandbox } from './sandbox-fixture.js';

let running: RunningSandbox;

beforeEach(async () => {
  running = await startSandbox({ autoCapture: true });
});

afterEach(() => running.stop());

function newOrder(receipt?: string): Promise<{ id: string }> {
  return running.razorpay.orders.create({ amount: 500, currency: 'INR', ...(receipt ? { receipt } : {}) });
}

async function fault(request: object): Promise<void> {
  const { status } = await running.control('POST', '/sandbox/faults', request);
  expect(status).toBe(201);
}

async function faultsLeft(): Promise<readonly unknown[]> {
  return (await running.control<{ faults: unknown[] }>('GET', '/sandbox/state')).body.faults;
}

describe('faults', () => {
  it('fails as often as told, without effect, and then works again', async () => {
    await fault({ route: 'POST /orders', kind: 'error-500', times: 2 });

    for (const attempt of [1, 2]) {
      expect({ attempt, ...(await failureOf(newOrder())) }).toMatchObject({
        statusCode: 500,
        error: { code: 'SERVER_ERROR' },
      });
    }
    await newOrder();

    expect((await running.razorpay.orders.all()).count).toBe(1);
  });

  it('answers with HTML as a proxy does, which the SDK cannot read', async () => {
    await fault({ route: '*', kind: 'html-502', times: 1 });

    expect(await failureOf(newOrder())).toEqual({ statusCode: 502, error: undefined });
  });

  it('does the work and loses the answer, so that the receipt finds the order', async () => {
    await fault({ route: 'POST /orders', kind: 'drop-after-effect', times: 1 });

    await expect(newOrder('lost-answer')).rejects.toBeDefined();

    expect((await running.razorpay.orders.all({ receipt: 'lost-answer' })).count).toBe(1);
  });

  it('says nothing, without effect, until the caller gives up', async () => {
    const impatient = sdkFor(running.url);
    Reflect.get(impatient.api, 'rq').defaults.timeout = 50;
    await fault({ route: 'POST /orders', kind: 'timeout', times: 1 });

    await expect(impatient.orders.create({ amount: 500, currency: 'INR' })).rejects.toBeDefined();

    expect((await running.razorpay.orders.all()).count).toBe(0);
  });

  it('answers late', async () => {
    await fault({ route: 'GET /orders', kind: 'latency', times: 1, delayMs: 80 });
    const startedAt = performance.now();

    await running.razorpay.orders.all();

    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(75);
  });

  it('hits the route it names and no other', async () => {
    await fault({ route: 'POST /payments/:id/refund', kind: 'error-500', times: 1 });
    const order = await newOrder();
    const { razorpay_payment_id: paymentId } = await running.pay(order.id, { outcome: 'success' });

    expect(await failureOf(running.razorpay.payments.refund(paymentId, { amount: 100 }))).toMatchObject({
      statusCode: 500,
    });
    await running.razorpay.payments.refund(paymentId, { amount: 100 });
  });

  it('is taken back', async () => {
    await fault({ route: '*', kind: 'error-500', times: 10 });

    await running.control('DELETE', '/sandbox/faults');

    expect(await faultsLeft()).toEqual([]);
    await newOrder();
  });

  it('refuses a route that does not exist', async () => {
    const answer = await running.control('POST', '/sandbox/faults', {
      route: 'POST /order',
      kind: 'timeout',
      times: 1,
    });

    expect(answer).toMatchObject({ status: 400, body: { error: { field: 'route' } } });
  });

  it('has something done in the gap of a request, before its effect or before its answer, once', async () => {
    const count = async () => (await running.razorpay.orders.all()).count;
    const before = running.sandbox.meanwhile('POST /orders', 'before-effect', count);
    const after = running.sandbox.meanwhile('POST /orders', 'before-answer', count);

    await newOrder();
    await newOrder();

    expect(await Promise.all([before, after])).toEqual([0, 1]);
    expect(() => running.sandbox.meanwhile('POST /order', 'before-answer', count)).toThrow('The route must be');
  });

  it('closes although a caller is still waiting', async () => {
    await fault({ route: 'GET /orders', kind: 'timeout', times: 1 });
    const waiting = running.razorpay.orders.all().catch(() => 'cut off');
    await eventually(async () => expect(await faultsLeft()).toEqual([]));

    await running.sandbox.close();

    expect(await waiting).toBe('cut off');
  });
});
