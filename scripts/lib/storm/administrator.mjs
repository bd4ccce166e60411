// An administrator of the storm: ships, delivers, refunds, counts stock; often two of them want the same at once.

export class Administrator {
  /** @param {{ calls: object, random: object, gateway: object, sandbox: object, shop: object, known: object }} world */
  constructor(world) {
    Object.assign(this, world);
    this.desks = this.shop.admins.map((token) => this.gateway.with({ authorization: `Bearer ${token}` }));
  }

  async once() {
    const { random, known } = this;
    const orderId = known.sold.length === 0 ? undefined : random.pick(known.sold);
    const action = random.pick(['refund', 'refund', 'ship', 'deliver', 'cancel', 'adjust', 'adjust', 'dashboard']);
    if (orderId === undefined || action === 'adjust') return this.#adjust();
    switch (action) {
      case 'refund':
        return this.#refund(orderId);
      case 'dashboard':
        return this.#refundAtRazorpay();
      case 'cancel':
        return this.#count(
          'order cancelled',
          this.#desk().post(`/orders/${orderId}/cancel`, { reason: 'Not available' }),
        );
      case 'ship':
        return this.#count(
          'order shipped',
          this.#desk().patch(`/orders/${orderId}/ship`, { trackingNumber: random.word() }),
        );
      default:
        return this.#count('order delivered', this.#desk().patch(`/orders/${orderId}/deliver`));
    }
  }

  #desk() {
    return this.random.pick(this.desks);
  }

  async #count(what, call) {
    const { status } = await call;
    this.calls.did(status < 300 ? `administrator: ${what}` : `administrator: ${what}, refused`);
  }

  /** Of a part or of all, by one administrator or by two who do not know of each other. */
  async #refund(orderId) {
    const { random } = this;
    const { status, body } = await this.#desk().get(`/payments/order/${orderId}`);
    if (status !== 200) return;
    const refund = random.chance(0.5) ? { amount: random.between(1, 900) + random.pick([0, 0.5, 0.33]) } : {};
    const wish = { ...refund, reason: 'Storm' };
    const desks = random.chance(0.4) ? this.desks : [this.#desk()];
    const path = `/payments/${body.id}/refund`;
    await Promise.all(
      desks.map((desk) =>
        this.#count(
          `${refund.amount === undefined ? 'full' : 'partial'} refund, ${desks.length} at once`,
          desk.post(path, wish, random.chance(0.5) ? { 'idempotency-key': random.word() } : {}),
        ),
      ),
    );
  }

  /** What nobody told us of: a person in Razorpay's dashboard. */
  async #refundAtRazorpay() {
    const { random, known } = this;
    const paymentIds = [...known.razorpayPayments.keys()];
    if (paymentIds.length === 0) return;
    const path = `/sandbox/payments/${random.pick(paymentIds)}/refund-by-dashboard`;
    await this.#count('refund in the dashboard', this.sandbox.post(path, { amount: random.between(100, 50_000) }));
  }

  async #adjust() {
    const { random, shop } = this;
    const [variant] = random.pick(shop.products).variants;
    const change = random.pick([
      { delta: random.between(1, 20), reason: 'RECEIVED' },
      { delta: -random.between(1, 3), reason: 'DAMAGED' },
      { setTo: random.between(200, 5_000), reason: 'COUNTED' },
    ]);
    await this.#count(
      'stock adjusted',
      this.#desk().post('/inventory/adjustments', { variantId: variant.id, ...change }),
    );
  }
}
