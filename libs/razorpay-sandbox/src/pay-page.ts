import { PAYMENT_METHODS, type OrderEntity } from './entities.js';
import { escapeHtml, inlineJson } from './escape-html.js';

export interface PayPageQuery {
  readonly callback_url?: string;
  /** `get` redirects with the triple in the query; by default it is posted as a form, as Razorpay does. */
  readonly callback_method?: string;
  /** The origin of the shop that shows the page in an iframe. */
  readonly origin?: string;
  readonly name?: string;
  readonly description?: string;
  readonly email?: string;
  readonly contact?: string;
  readonly color?: string;
}

/** How long the page's late success stays a failure: long enough to see the shop say so. */
const LATE_AFTER_MS = 5_000;

const METHOD_LABELS = { card: 'Card', upi: 'UPI', netbanking: 'Netbanking', wallet: 'Wallet' } as const;

/** The page on which a person decides how a payment ends. It works by itself and inside checkout.js's iframe. */
export function payPage(order: OrderEntity, query: PayPageQuery): string {
  return document(
    `Pay ${rupees(order)}`,
    `
    <header>
      <button type="button" class="close" id="dismiss" aria-label="Cancel the payment" hidden>×</button>
      <p class="shop">${escapeHtml(query.name || 'Test payment')}</p>
      ${query.description ? `<p class="description">${escapeHtml(query.description)}</p>` : ''}
      <p class="amount">${escapeHtml(rupees(order))}</p>
    </header>
    <dl>
      <dt>Order</dt><dd><code>${escapeHtml(order.id)}</code></dd>
      ${order.receipt === null ? '' : `<dt>Receipt</dt><dd><code>${escapeHtml(order.receipt)}</code></dd>`}
      <dt>Status</dt><dd id="order-status">${escapeHtml(order.status)}</dd>
    </dl>
    ${order.status === 'paid' ? '<p class="notice">This order is paid already.</p>' : choices()}
    <section id="result" aria-live="polite" hidden></section>
    <script type="application/json" id="settings">${inlineJson(settingsOf(order, query))}</script>
    <script src="/pay-page.js" defer></script>`,
  );
}

export function unknownOrderPage(): string {
  return document('Unknown order', '<header><p class="shop">This order does not exist</p></header>');
}

function choices(): string {
  const methods = PAYMENT_METHODS.map(
    (method) =>
      `<label><input type="radio" name="method" value="${method}"${method === 'upi' ? ' checked' : ''}><span>${METHOD_LABELS[method]}</span></label>`,
  );
  return `<form id="choices">
      <fieldset class="methods"><legend>Pay with</legend>${methods.join('')}</fieldset>
      <button type="button" class="success" data-outcome="success">Pay successfully</button>
      <button type="button" class="failure" data-outcome="failure">Fail the payment</button>
      <button type="button" class="late" data-outcome="late-success">Fail, then succeed late (same payment id)</button>
    </form>`;
}

function settingsOf(order: OrderEntity, query: PayPageQuery): object {
  return {
    orderId: order.id,
    lateAfterMs: LATE_AFTER_MS,
    callbackUrl: httpUrl(query.callback_url)?.href ?? null,
    callbackMethod: query.callback_method?.toLowerCase() === 'get' ? 'get' : 'post',
    shopOrigin: httpUrl(query.origin)?.origin ?? null,
    color: /^#[0-9a-f]{6}$/i.test(query.color ?? '') ? query.color : null,
    email: query.email?.slice(0, 256) || null,
    contact: query.contact?.slice(0, 32) || null,
  };
}

/** Only http and https: a `javascript:` address would run in the page. */
function httpUrl(text: string | undefined): URL | null {
  if (text === undefined || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : null;
}

function rupees(order: OrderEntity): string {
  return new Intl.NumberFormat('en-IN', { style: 'currency', currency: order.currency }).format(order.amount / 100);
}

function document(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${escapeHtml(title)}</title>
  <link rel="stylesheet" href="/pay-page.css">
</head>
<body>
  <main>${content}
    <footer>Razorpay sandbox: no money moves here</footer>
  </main>
</body>
</html>
`;
}
