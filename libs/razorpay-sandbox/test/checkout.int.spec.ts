import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkoutSignature } from '../src/index.js';
import { FakeElement, fakePage, type FakePage } from './fake-page.js';
import { eventually, KEY_ID, KEY_SECRET, type RunningSandbox, startSandbox } from './sandbox-fixture.js';

const SHOP_URL = 'http://shop.example:8080/checkout';

let running: RunningSandbox;
let orderId: string;

beforeEach(async () => {
  running = await startSandbox({ autoCapture: true });
  orderId = (await running.razorpay.orders.create({ amount: 123_450, currency: 'INR', receipt: '<b>receipt' })).id;
});

afterEach(() => running.stop());

async function textAt(path: string): Promise<string> {
  return (await fetch(`${running.url}${path}`)).text();
}

interface Checkout {
  open(): void;
  on(event: string, listener: (payload: unknown) => void): Checkout;
}

function constructorIn(page: FakePage): new (options: object) => Checkout {
  const found = page.window.Razorpay;
  if (typeof found !== 'function') throw new Error('the script defines no window.Razorpay');
  return Object(found);
}

describe('checkout.js', () => {
  let page: FakePage;

  beforeEach(async () => {
    page = fakePage({ url: SHOP_URL, scriptUrl: `${running.url}/v1/checkout.js` });
    page.run(await textAt('/v1/checkout.js'));
  });

  function openCheckout(options: object): Checkout {
    const checkout: Checkout = new (constructorIn(page))({ key: KEY_ID, order_id: orderId, ...options });
    checkout.open();
    return checkout;
  }

  function frame(): FakeElement {
    const [found] = page.body.all('iframe');
    if (found === undefined) throw new Error('no iframe');
    return found;
  }

  function messageFromFrame(message: object, origin = running.url): void {
    page.window.dispatch('message', { origin, source: frame().contentWindow, data: message });
  }

  it('opens the pay page over the shop, with the prefilled customer', () => {
    openCheckout({ name: 'Asha & Co', prefill: { email: 'a@example.com' }, theme: { color: '#123456' } });

    const url = new URL(frame().src);
    expect(url.origin + url.pathname).toBe(`${running.url}/pay/${orderId}`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      origin: 'http://shop.example:8080',
      name: 'Asha & Co',
      email: 'a@example.com',
      color: '#123456',
    });
  });

  it('hands the triple to the handler and closes', () => {
    const handed: unknown[] = [];
    openCheckout({ handler: (triple: unknown) => handed.push(triple) });

    messageFromFrame({ type: 'paid', payload: { razorpay_payment_id: 'pay_1' } });

    expect(handed).toEqual([{ razorpay_payment_id: 'pay_1' }]);
    expect(page.body.children[0]?.hidden).toBe(true);
  });

  it('tells of failures and stays open, then of the dismissal', () => {
    const heard: unknown[] = [];
    const checkout = openCheckout({ modal: { ondismiss: () => heard.push('dismissed') } });
    checkout.on('payment.failed', (failure) => heard.push(failure));

    messageFromFrame({ type: 'failed', payload: { error: { code: 'BAD_REQUEST_ERROR' } } });
    messageFromFrame({ type: 'dismissed' });

    expect(heard).toEqual([{ error: { code: 'BAD_REQUEST_ERROR' } }, 'dismissed']);
  });

  it('posts the triple to the callback address where there is no handler', () => {
    openCheckout({ callback_url: 'http://shop.example:8080/callback' });

    messageFromFrame({ type: 'paid', payload: { razorpay_payment_id: 'pay_1' } });

    const [form] = page.body.all('form');
    expect(form).toMatchObject({ method: 'post', action: 'http://shop.example:8080/callback', submitted: true });
    expect(form?.children.map(({ name, value }) => [name, value])).toEqual([['razorpay_payment_id', 'pay_1']]);
  });

  it('does not listen to other windows or origins', () => {
    const handed: unknown[] = [];
    openCheckout({ handler: (triple: unknown) => handed.push(triple) });
    const message = { type: 'paid', payload: { razorpay_payment_id: 'pay_1' } };

    messageFromFrame(message, 'http://elsewhere.example');
    page.window.dispatch('message', { origin: running.url, source: {}, data: message });

    expect(handed).toEqual([]);
  });
});

describe('the pay page', () => {
  async function openPage(query = '', globals: Readonly<Record<string, unknown>> = {}): Promise<FakePage> {
    const html = await textAt(`/pay/${orderId}${query}`);
    const settings = /<script type="application\/json" id="settings">(.*?)<\/script>/.exec(html)?.[1] ?? '';
    const page = fakePage({
      url: `${running.url}/pay/${orderId}`,
      ids: { settings, result: '', choices: '', dismiss: '', 'order-status': 'created' },
      globals: {
        fetch: (path: string, init: RequestInit) => fetch(`${running.url}${path}`, init),
        // As in a browser: a disabled control is not part of the form's data.
        FormData: class {
          constructor(private readonly form: FakeElement) {}

          get(name: string): string | null {
            return this.form.children.find((one) => one.name === name && !one.disabled)?.value ?? null;
          }
        },
        ...globals,
      },
    });
    page.elements['choices']?.append(Object.assign(new FakeElement('input'), { name: 'method', value: 'card' }));
    page.run(await textAt('/pay-page.js'));
    return page;
  }

  function choose(page: FakePage, outcome: string): void {
    page.elements['choices']?.dispatch('click', { target: { dataset: { outcome } } });
  }

  it('shows the amount, the order and the three ways to go', async () => {
    const html = await textAt(`/pay/${orderId}`);

    expect(html).toContain('₹1,234.50');
    expect(html).toContain(orderId);
    for (const label of ['Pay successfully', 'Fail the payment', 'Fail, then succeed late (same payment id)']) {
      expect(html).toContain(label);
    }
  });

  it('escapes whatever it reflects', async () => {
    const attack = encodeURIComponent('"><script>alert(1)</script>');
    const response = await fetch(
      `${running.url}/pay/${orderId}?name=${attack}&description=${attack}&email=${attack}&color=${attack}&callback_url=javascript:alert(1)`,
    );
    const html = await response.text();

    expect(html).not.toMatch(/<script(?! type="application\/json" id="settings">| src="\/pay-page\.js" defer>)/);
    expect(html).not.toContain('javascript:');
    expect(html).toContain('&lt;b&gt;receipt');
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
  });

  it('shows the signed triple of a payment, and sends the buyer back with it', async () => {
    const returnAtOnce = (callback: () => void) => setTimeout(callback, 0);
    const page = await openPage('?callback_url=http://shop.example/back', { setTimeout: returnAtOnce });

    choose(page, 'success');

    const form = await eventually(() => {
      const [found] = page.elements['result']?.all('form') ?? [];
      expect(found?.submitted).toBe(true);
      return found;
    });
    const triple = Object.fromEntries(form?.all('input').map(({ name, value }) => [name, value]) ?? []);
    expect(form?.action).toBe('http://shop.example/back');
    expect(triple['razorpay_order_id']).toBe(orderId);
    expect(triple['razorpay_signature']).toBe(
      checkoutSignature(orderId, String(triple['razorpay_payment_id']), KEY_SECRET),
    );
    expect(page.elements['result']?.text()).toContain(triple['razorpay_signature']);
    expect((await running.razorpay.orders.fetch(orderId)).status).toBe('paid');
    expect(await textAt(`/pay/${orderId}`)).toContain('paid already');
  });

  it('shows a failure and lets the buyer try again', async () => {
    const page = await openPage();

    choose(page, 'failure');
    await eventually(() => expect(page.elements['result']?.text()).toContain('The payment failed'));
    choose(page, 'success');

    await eventually(() => expect(page.elements['result']?.text()).toContain('Payment captured'));
  });

  it('reports to the shop that embeds it, and to that origin only', async () => {
    const told: unknown[] = [];
    const page = await openPage('?origin=http://shop.example:8080');
    page.window.parent = { postMessage: (message: unknown, origin: string) => told.push([message, origin]) };
    page.run(await textAt('/pay-page.js'));

    choose(page, 'failure');

    await eventually(() =>
      expect(told).toEqual([
        [
          { type: 'failed', payload: { error: expect.objectContaining({ code: 'BAD_REQUEST_ERROR' }) } },
          'http://shop.example:8080',
        ],
      ]),
    );
  });

  it('answers 404 for an order that does not exist', async () => {
    expect((await fetch(`${running.url}/pay/order_00000000000000`)).status).toBe(404);
  });
});
