// The load generator: a process of its own, so that its CPU is not the platform's. It is told what to do by its parent.
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

const ADDRESS = { name: 'Rahul Verma', line1: '12 MG Road', city: 'Bengaluru', state: 'Karnataka', pincode: '560001' };
const ERRORS_SHOWN = 5;

class Load {
  constructor(plan) {
    Object.assign(this, plan);
    this.gateway = new Pool(plan.gatewayUrl, { connections: 128, pipelining: 1 });
    this.sandbox = plan.sandboxUrl === undefined ? undefined : new Pool(plan.sandboxUrl, { connections: 128 });
    this.started = 0;
    this.paid = [];
    this.calls = {};
    this.failures = [];
  }

  async run() {
    const startedAtMs = Date.now();
    const endAtMs = startedAtMs + this.seconds * 1_000;
    if (this.ratePerSecond === undefined) await this.inWorkers(endAtMs);
    else await this.paced(startedAtMs, endAtMs);
    const { paid, calls, failures } = this;
    const result = {
      startedAtMs,
      endedAtMs: Date.now(),
      paid,
      calls,
      failures: failures.length,
      shownFailures: failures.slice(0, ERRORS_SHOWN),
    };
    await this.gateway.close();
    await this.sandbox?.close();
    return result;
  }

  /** Each worker is a buyer who begins the next purchase when the last one is paid. */
  inWorkers(endAtMs) {
    const worker = async () => {
      while (Date.now() < endAtMs && this.started < (this.orders ?? Infinity)) await this.purchase();
    };
    return Promise.all(Array.from({ length: this.concurrency }, worker));
  }

  /** Purchases begin by the clock, however long those before them take: what waits is seen in the latencies. */
  async paced(startedAtMs, endAtMs) {
    const gapMs = 1_000 / this.ratePerSecond;
    const underWay = new Set();
    for (let index = 0; startedAtMs + index * gapMs < endAtMs; index += 1) {
      const waitMs = startedAtMs + index * gapMs - Date.now();
      if (waitMs > 0) await sleep(waitMs);
      const one = this.purchase().finally(() => underWay.delete(one));
      underWay.add(one);
    }
    await Promise.all(underWay);
  }

  async purchase() {
    const index = this.started++;
    const buyer = this.buyers[index % this.buyers.length];
    // 40 links and 32 buyers: neighbours in time differ in both.
    const link = this.links[index % this.links.length];
    try {
      const order = await this.call('POST /orders', this.gateway, '/orders', buyer, {
        shareLinkId: link.id,
        shippingAddress: ADDRESS,
        items: [{ productId: link.productId, variantId: link.variantIds[index % link.variantIds.length], quantity: 1 }],
      });
      if (this.sandbox !== undefined) {
        const body = { orderId: order.id, method: 'UPI' };
        const { razorpayOrder } = await this.call(
          'POST /payments/razorpay/create-order',
          this.gateway,
          '/payments/razorpay/create-order',
          buyer,
          body,
        );
        await this.call('pay at the sandbox', this.sandbox, `/sandbox/orders/${razorpayOrder.id}/pay`, undefined, {
          outcome: 'success',
        });
      }
      this.paid.push(order.id);
    } catch (error) {
      this.failures.push(error.message);
      await sleep(20);
    }
  }

  async call(name, pool, path, buyer, body) {
    const startedAt = performance.now();
    const { statusCode, body: answer } = await pool.request({
      method: 'POST',
      path,
      headers: {
        'content-type': 'application/json',
        ...(buyer === undefined ? {} : { authorization: `Bearer ${buyer.accessToken}` }),
      },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (statusCode >= 300) throw new Error(`${name} answered ${statusCode}: ${text.slice(0, 300)}`);
    (this.calls[name] ??= []).push(performance.now() - startedAt);
    return JSON.parse(text);
  }
}

process.on('message', async (plan) => process.send(await new Load(plan).run()));
process.on('disconnect', () => process.exit(0));
