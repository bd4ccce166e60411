// A buyer of the storm: orders, hesitates, clicks twice, pays late, twice or never, and changes their mind.
const ADDRESS = '12 MG Road, Bengaluru';
const TRIES = 6;

export class Buyer {
  /** @param {{ calls: object, random: object, gateway: object, sandbox: object, shop: object, known: object }} world */
  constructor(world) {
    Object.assign(this, world);
  }

  async once() {
    const order = await this.#order();
    if (order === undefined) return;
    const { random } = this;
    if (order.isCashOnDelivery) {
      this.known.sold.push(order.id);
      if (random.chance(0.2)) await this.#cancel(order);
      return;
    }
    if (random.chance(0.08)) return this.calls.did('order left unpaid');
    if (random.chance(0.08)) return this.#cancel(order);
    const razorpayOrderId = await this.#openPayment(order);
    if (razorpayOrderId === undefined) return;
    if (random.chance(0.25)) await this.#pay(razorpayOrderId, { outcome: 'failure' }, 'payment failed');
    if (random.chance(0.12)) {
      await Promise.all([this.#payAndVerify(order, razorpayOrderId), this.#cancel(order)]);
      return;
    }
    await this.#payAndVerify(order, razorpayOrderId);
    if (random.chance(0.05)) await this.#pay(razorpayOrderId, { outcome: 'success' }, 'paid a second time');
    if (random.chance(0.1)) await this.#cancel(order);
    else this.known.sold.push(order.id);
  }

  /** @returns {Promise<{ id: string, api: object } | undefined>} undefined where there was nothing to have */
  async #order() {
    const { random, shop, gateway } = this;
    const isGuest = random.chance(0.35);
    const link = random.chance(0.5) ? random.pick(shop.links) : undefined;
    const product = random.pick(shop.products);
    const isCashOnDelivery = !isGuest && random.chance(0.1);
    const body = {
      shippingAddress: ADDRESS,
      items: [{ productId: link?.productId ?? product.id, quantity: random.between(1, 3) }],
      ...(link === undefined ? {} : { shareLinkId: link.id }),
      ...(isGuest
        ? { email: `${random.word()}@example.com`, phone: `+9198${random.between(10_000_000, 99_999_999)}` }
        : {}),
      ...(isCashOnDelivery ? { paymentMethod: 'COD' } : {}),
    };
    const buyer = isGuest ? gateway : gateway.with({ authorization: `Bearer ${random.pick(shop.customers)}` });
    const placed = await this.#place(buyer, body);
    if (placed === undefined) return undefined;
    this.calls.did(`${isGuest ? 'guest' : 'customer'} ordered ${link === undefined ? 'directly' : 'through a link'}`);
    const api = isGuest ? buyer.with({ 'x-order-token': placed.orderToken }) : buyer;
    return { id: placed.id, api, isCashOnDelivery };
  }

  /** With a key it is tried until it is known what became of it; two at once must be one order. */
  async #place(buyer, body) {
    const { random, calls } = this;
    if (random.chance(0.2)) {
      const answers = await Promise.all([buyer.post('/orders', body), buyer.post('/orders', body)]);
      calls.did('clicked twice without a key');
      return answers.find(({ status }) => status === 201)?.body;
    }
    const headers = { 'idempotency-key': random.word() };
    const clicks = random.chance(0.3) ? 3 : 1;
    if (clicks > 1) calls.did('clicked three times with one key');
    const answers = await Promise.all(Array.from({ length: clicks }, () => buyer.post('/orders', body, headers)));
    for (let tries = 0; tries < TRIES && !answers.some(({ status }) => status === 201); tries += 1) {
      if (answers.some(({ status, body: { code } = {} }) => status === 409 && code === 'OUT_OF_STOCK'))
        return undefined;
      answers.push(await buyer.post('/orders', body, headers));
    }
    const made = answers.filter(({ status }) => status === 201).map(({ body: order }) => order);
    if (new Set(made.map(({ id }) => id)).size > 1) calls.complain(`one key made ${made.map(({ id }) => id).join()}`);
    return made[0];
  }

  async #openPayment({ id, api }) {
    const open = () => api.post('/payments/razorpay/create-order', { orderId: id });
    const answers = this.random.chance(0.2) ? await Promise.all([open(), open()]) : [];
    for (let tries = 0; tries < TRIES && !answers.some(({ status }) => status === 201); tries += 1)
      answers.push(await open());
    const ids = answers.filter(({ status }) => status === 201).map(({ body }) => body.razorpayOrder.id);
    if (new Set(ids).size > 1) this.calls.complain(`order ${id} has the Razorpay orders ${ids.join()}`);
    return ids[0];
  }

  async #payAndVerify({ api }, razorpayOrderId) {
    const { random } = this;
    const wish = random.chance(0.1)
      ? { outcome: 'late-success', lateAfterMs: random.between(100, 3_000) }
      : { outcome: 'success' };
    const paid = await this.#pay(razorpayOrderId, wish, wish.outcome === 'success' ? 'paid' : 'paid late');
    if (paid === undefined || random.chance(0.4)) return;
    const { status: _status, ...triple } = paid;
    const verify = () => api.post('/payments/verify', triple);
    await (random.chance(0.3) ? Promise.all([verify(), verify()]) : verify());
    this.calls.did('verified');
  }

  async #pay(razorpayOrderId, wish, what) {
    const { random } = this;
    const webhooks = {
      delayMs: random.pick([0, 0, 200, 2_000]),
      times: random.pick([1, 1, 2, 5]),
      shuffle: random.chance(0.5),
      drop: random.chance(0.05),
    };
    const { status, body } = await this.sandbox.post(`/sandbox/orders/${razorpayOrderId}/pay`, { ...wish, webhooks });
    if (status !== 200) return undefined;
    this.calls.did(what);
    const lost = webhooks.drop ? ', its webhooks lost' : '';
    this.known.razorpayPayments.set(body.razorpay_payment_id, `${what}${lost}`);
    return body;
  }

  async #cancel({ id, api }) {
    const { status } = await api.post(`/orders/${id}/cancel`, { reason: 'Changed my mind' });
    this.calls.did(status === 200 ? 'cancelled' : 'not cancelled');
  }
}
