import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createIdentitySigner, createServiceTokenSigner } from '@reseller/http';
import type { TestClient, TestResponse } from '@reseller/testing';
import { complaints } from './support/complaints.js';
import { forgedTokens } from './support/forged-tokens.js';
import { HOSTILE_PARAMETERS, HOSTILE_QUERIES, hostileBodies } from './support/hostile-bodies.js';
import { documentedOperations, pathOf, type Operation } from './support/operations.js';
import { startE2ePlatform, type Platform } from './support/platform.js';
import { rawBytes, rawRequest } from './support/raw-http.js';
import { bodyOf, Shop, type Order, type Person, type Product } from './support/shop.js';
import { stateOf, untilQuiet } from './support/state.js';

const NOWHERE = '01990000-0000-7000-8000-000000000000';
const NOT_YOURS: unknown = expect.stringMatching(/^40[34]$/);
const NOT_THERE: unknown = expect.stringMatching(/^40[04]$/);
const BODY_LIMIT_BYTES = 1_048_576;
/** What an answer never shows: our code, our SQL, where things are. */
const LEAKS =
  /node_modules|\.js:\d+|\.ts:\d+|\n\s+at |PrismaClient|syntax error at|relation "|violates \w+ constraint|invalid byte sequence|invalid input syntax|ECONNREFUSED|postgres(ql)?:\/\/|amqp:\/\//i;

let platform: Platform;
let shop: Shop;
let admin: Person;
let customer: Person;
let victim: Person;
let order: Order;
let product: Product;
let operations: readonly Operation[];
beforeAll(async () => {
  platform = await startE2ePlatform();
  shop = new Shop(platform);
  [admin, customer, victim] = await Promise.all([shop.admin(), shop.register('CUSTOMER'), shop.register('CUSTOMER')]);
  product = await shop.product(admin);
  order = await shop.purchase(victim, { product });
  operations = await documentedOperations(platform.api);
  await untilQuiet(platform);
}, 180_000);
afterAll(() => platform.stop(), 60_000);

/** What is wrong with an answer to a hostile request; undefined when it is as it must be. */
function faultOf(answer: { status: number; contentType: string; text: string }): string | undefined {
  const { status, contentType, text } = answer;
  if (status >= 500 || status === 0) return `status ${status}: ${text.slice(0, 200)}`;
  const leak = LEAKS.exec(text) ?? secretIn(text);
  if (leak !== null) return `shows ${leak[0]}`;
  if (status < 400) return undefined;
  if (!contentType.startsWith('application/problem+json'))
    return `${status} is ${contentType || 'untyped'}: ${text.slice(0, 100)}`;
  const { code, detail, requestId } = JSON.parse(text) as Record<string, unknown>;
  const isProblem = typeof code === 'string' && /^[A-Z][A-Z_]+$/.test(code) && detail !== '' && requestId !== '';
  return isProblem ? undefined : `is no problem: ${text.slice(0, 200)}`;
}

const secretIn = (text: string): [string] | null =>
  Object.entries(platform.secrets).flatMap(([name, value]): [string][] =>
    name !== 'RAZORPAY_KEY_ID' && text.includes(value) ? [[name]] : [],
  )[0] ?? null;

const plain = ({ status, headers, body }: TestResponse<unknown>) => ({
  status,
  contentType: headers.get('content-type') ?? '',
  text: typeof body === 'string' ? body : JSON.stringify(body),
});

function send(api: TestClient, method: string, url: string, body?: string, contentType = 'application/json') {
  const headers = body === undefined ? undefined : { 'content-type': contentType };
  switch (method) {
    case 'GET':
      return api.get(url);
    case 'DELETE':
      return api.delete(url);
    case 'POST':
      return api.post(url, body, headers);
    case 'PATCH':
      return api.patch(url, body, headers);
    default:
      return api.put(url, body, headers);
  }
}

describe('every documented endpoint', () => {
  it('refuses hostile bodies, whoever sends them, and changes nothing', async () => {
    expect(operations.length).toBeGreaterThan(80);
    const before = await stateOf(platform);
    const attempts = operations.flatMap((operation) =>
      [admin, customer, undefined].flatMap((person) =>
        hostileBodies(operation).map(({ what, body, contentType }) => async () => {
          const answer = await send(
            person?.api ?? platform.api,
            operation.method,
            pathOf(operation, NOWHERE),
            body,
            contentType,
          );
          // Signing out with what is no token ends nothing, and says so.
          const isNothing = operation.template === '/auth/logout' && answer.status === 200;
          const fault = answer.status < 400 && !isNothing ? `accepts it with ${answer.status}` : faultOf(plain(answer));
          const who = person?.user.roles[0] ?? 'nobody';
          return fault && `${operation.method} ${operation.template} of ${who}, ${what}: ${fault}`;
        }),
      ),
    );
    expect(attempts.length).toBeGreaterThan(2_000);
    expect(await complaints(attempts)).toEqual([]);
    expect(await stateOf(platform)).toEqual(before);
  }, 180_000);

  it('refuses hostile ids and queries', async () => {
    const before = await stateOf(platform);
    const withParameter = operations.filter(({ template }) => template.includes('{'));
    const byId = withParameter.flatMap((operation) =>
      HOSTILE_PARAMETERS.map((parameter) => async () => {
        const headers = { authorization: `Bearer ${admin.session.accessToken}` };
        const answer = await rawRequest(platform.gatewayUrl, {
          method: operation.method,
          path: pathOf(operation, parameter),
          headers,
        });
        const fault = answer.status < 400 ? `answers ${answer.status}` : faultOf(answer);
        return fault && `${operation.method} ${operation.template}, ${parameter.slice(0, 40)}: ${fault}`;
      }),
    );
    const byQuery = operations
      .filter(({ method }) => method === 'GET')
      .flatMap((operation) =>
        HOSTILE_QUERIES.map((query) => async () => {
          const fault = faultOf(plain(await admin.api.get(`${pathOf(operation, NOWHERE)}?${query}`)));
          return fault && `GET ${operation.template}?${query.slice(0, 60)}: ${fault}`;
        }),
      );
    expect(await complaints([...byId, ...byQuery])).toEqual([]);
    expect(await stateOf(platform)).toEqual(before);
  }, 180_000);

  it('lets in without a token whom the document lets in, and nobody else', async () => {
    const attempts = operations.map((operation) => async () => {
      const answer = await send(platform.api, operation.method, pathOf(operation, NOWHERE), operation.body && '{}');
      // /auth/logout asks for one of two tokens by itself; webhooks carry a signature instead.
      if (operation.template === '/auth/logout' || isWebhook(operation)) return faultOf(plain(answer));
      const isLetIn = answer.status !== 401;
      const fault = faultOf(plain(answer)) ?? (isLetIn === operation.isPublic ? undefined : `answers ${answer.status}`);
      return fault && `${operation.method} ${operation.template}: ${fault}`;
    });
    expect(await complaints(attempts)).toEqual([]);
  }, 60_000);

  it('takes no token that we did not sign, or that has expired', async () => {
    const tokens = forgedTokens(admin.session, platform.secrets);
    const attempts = operations.flatMap((operation) =>
      Object.entries(tokens).map(([what, token]) => async () => {
        const api = platform.api.with({ authorization: token });
        const answer = await send(api, operation.method, pathOf(operation, NOWHERE), operation.body && '{}');
        // Where people sign in, an old token in the header is not looked at: it must not keep them out.
        const isUnread = answer.status === 400 && (isWebhook(operation) || operation.template.startsWith('/auth/'));
        const fault = answer.status === 401 || isUnread ? faultOf(plain(answer)) : `answers ${answer.status}`;
        return fault && `${operation.method} ${operation.template}, ${what}: ${fault}`;
      }),
    );
    expect(await complaints(attempts)).toEqual([]);
  }, 60_000);

  it('asks at the service’s own port who calls: 401 for whoever comes around the gateway', async () => {
    const signed = createIdentitySigner(generatedPrivateKey())(adminClaims());
    const strangers: Record<string, string>[] = [
      {},
      { authorization: `Bearer ${admin.session.accessToken}` },
      { 'x-identity': signed },
      { 'x-service-token': createServiceTokenSigner('order', 'a'.repeat(64))() },
    ];
    const attempts = operations
      .filter((operation) => !isWebhook(operation))
      .flatMap((operation) =>
        strangers.map((headers) => async () => {
          const url = Object.entries(platform.serviceUrls).find(([name]) => name === operation.service)?.[1] ?? '';
          const answer = await rawRequest(url, { method: operation.method, path: pathOf(operation, NOWHERE), headers });
          const fault = answer.status === 401 ? faultOf(answer) : `answers ${answer.status}`;
          return (
            fault &&
            `${operation.service} ${operation.method} ${operation.template} with ${Object.keys(headers).join()}: ${fault}`
          );
        }),
      );
    expect(await complaints(attempts)).toEqual([]);
  }, 60_000);
});

describe('what belongs to somebody else', () => {
  it('can neither be read nor changed', async () => {
    const before = await stateOf(platform);
    const { id: victimId } = victim.user;
    const reads = [
      `/orders/${order.id}`,
      `/orders/${order.orderNumber}`,
      `/orders/${order.id}/history`,
      `/payments/${order.paymentId}`,
      `/payments/order/${order.id}`,
      `/payments/${order.paymentId}/refunds`,
      `/users/${victimId}`,
      `/wallets/${victimId}`,
    ];
    for (const url of reads)
      expect({ url, status: String((await customer.api.get(url)).status) }).toEqual({ url, status: NOT_YOURS });
    const lists = [`/orders?userId=${victimId}`, `/payments?userId=${victimId}`, `/notifications?userId=${victimId}`];
    for (const url of lists)
      expect({ url, status: (await customer.api.get(url)).status }).toEqual({ url, status: 403 });
    const item = { productId: product.id, quantity: 1 };
    const writes: [string, string, unknown][] = [
      ['POST', `/orders/${order.id}/cancel`, { reason: 'Mine now' }],
      ['DELETE', `/orders/${order.id}`, undefined],
      ['PATCH', `/orders/${order.id}/status`, { status: 'CANCELLED' }],
      ['PATCH', `/orders/${order.id}/ship`, {}],
      ['POST', '/orders', { userId: victimId, shippingAddress: 'Here', items: [item] }],
      ['POST', '/payments/razorpay/create-order', { orderId: order.id }],
      ['POST', `/payments/${order.paymentId}/refund`, { reason: 'Mine now' }],
      ['PATCH', `/users/${victimId}`, { firstName: 'Mine' }],
      ['POST', `/wallets/${victimId}/payouts`, { amount: 1 }],
      ['PATCH', `/products/${product.id}`, { basePrice: 1 }],
      ['POST', '/auth/register', { email: 'root@example.com', password: 'password123', role: 'ADMIN' }],
    ];
    for (const [method, url, body] of writes) {
      const answer = await send(customer.api, method, url, body === undefined ? undefined : JSON.stringify(body));
      expect({ method, url, status: String(answer.status) }).toEqual({ method, url, status: NOT_YOURS });
      expect(faultOf(plain(answer))).toBeUndefined();
    }
    expect(await stateOf(platform)).toEqual(before);
  }, 60_000);
});

describe('the gateway', () => {
  const internal = ['/internal/users/', '/internal/orders/', '/internal/products/', '/internal/reservations/'];
  const disguises = [
    '',
    '/api',
    '/',
    '/.',
    '/products/..',
    '/products/%2e%2e',
    '/api/%2E%2E',
    '/products/..%2f..',
    '/share/x/../..',
    '/%2e',
  ];

  it('passes nothing on to /internal, however it is spelled and signed', async () => {
    const token = createServiceTokenSigner('order', platform.secrets['INTERNAL_SERVICE_SECRET'] ?? '')();
    const paths = disguises.flatMap((disguise) => internal.map((way) => `${disguise}${way}${product.id}`));
    const spelled = ['/%69nternal/products/', '/INTERNAL/products/', '//internal/products/', '/internal;a=b/products/'];
    for (const url of [...paths, ...spelled.map((way) => `${way}${product.id}`)]) {
      const answer = await rawRequest(platform.gatewayUrl, { path: url, headers: { 'x-service-token': token } });
      expect({ url, status: String(answer.status) }).toEqual({ url, status: NOT_THERE });
      expect(faultOf(answer)).toBeUndefined();
    }
  });

  it('takes its own headers from nobody: not even an identity with the right signature', async () => {
    const identity = createIdentitySigner(platform.secrets['IDENTITY_PRIVATE_KEY'] ?? '')(adminClaims());
    const service = createServiceTokenSigner('order', platform.secrets['INTERNAL_SERVICE_SECRET'] ?? '')();
    const forged = {
      'x-identity': identity,
      'X-IDENTITY': identity,
      'x-service-token': service,
      'x-user-id': admin.user.id,
    };
    bodyOf(await platform.api.with(forged).get('/admin/orders'), 401);
    bodyOf(await customer.api.with(forged).get('/admin/orders'), 403);
    bodyOf(await customer.api.with(forged).get(`/orders/${order.id}`), 404);
    const override = {
      ...forged,
      'x-http-method-override': 'DELETE',
      'x-original-url': '/internal/users',
      'x-rewrite-url': '/internal',
    };
    bodyOf(await platform.api.with(override).post(`/products/${product.id}`, {}), 401);
    bodyOf(await platform.api.get(`/products/${product.id}`), 200);
  });

  it('refuses bodies that are too large, announced or not', async () => {
    for (const url of ['/auth/login', '/orders', '/payments/webhook']) {
      const head = ['Host: a', 'Content-Type: application/json', `Content-Length: ${10 * BODY_LIMIT_BYTES}`];
      const said = await rawBytes(platform.gatewayUrl, `POST ${url} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n{`);
      expect(said).toMatch(/^HTTP\/1\.1 413 /);
      expect(said).toContain('PAYLOAD_TOO_LARGE');
    }
    const chunked = await rawRequest(platform.gatewayUrl, {
      method: 'POST',
      path: '/auth/login',
      headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
      body: JSON.stringify({ email: 'a@example.com', password: 'x'.repeat(2 * BODY_LIMIT_BYTES) }),
    });
    expect(chunked.status).toBe(413);
    expect(faultOf(chunked)).toBeUndefined();
  }, 30_000);

  it('hangs up on what is no HTTP, and lives', async () => {
    const smuggled = 'GET /admin/orders HTTP/1.1\r\nHost: a\r\n\r\n';
    const attempts = [
      `POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
      `POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello${smuggled}`,
      `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(100_000)}\r\n\r\n`,
      'GET /\u0000 HTTP/1.1\r\nHost: a\r\n\r\n',
      'BREW /coffee HTTP/1.1\r\nHost: a\r\n\r\n',
      '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001',
    ];
    for (const bytes of attempts) {
      const said = await rawBytes(platform.gatewayUrl, bytes);
      expect(said).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
      expect(said.match(/HTTP\/1\.1 \d/g) ?? []).not.toHaveLength(2);
      expect(said).not.toMatch(LEAKS);
    }
    bodyOf(await platform.api.get('/products'), 200);
  }, 30_000);
});

it('wrote no secret, password or token into a log, and no request failed by a fault of ours', async () => {
  const logs = readdirSync(platform.logDir).map((name) => readFileSync(path.join(platform.logDir, name), 'utf8'));
  expect(logs.length).toBeGreaterThan(8);
  const secrets = {
    ...platform.secrets,
    password: 'password123',
    accessToken: admin.session.accessToken,
    email: victim.user.email,
  };
  const shown = Object.entries(secrets).filter(([, secret]) => logs.some((log) => log.includes(secret)));
  expect(shown.map(([name]) => name)).toEqual([]);
  const errors = logs.flatMap((log) => log.split('\n').filter((line) => /"level":(50|60)/.test(line)));
  expect(errors.map((line) => line.slice(0, 300))).toEqual([]);
  expect(await platform.crashes()).toEqual([]);
});

const isWebhook = ({ template }: Operation): boolean => template.includes('webhook') && !template.startsWith('/admin');

function adminClaims() {
  return {
    userId: admin.user.id,
    roles: ['ADMIN' as const],
    businessId: null,
    email: admin.user.email,
    sessionId: null,
  };
}

const generatedPrivateKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
