import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createIdentityVerifier } from '@reseller/http';
import { newId } from '@reseller/runtime';
import { serviceTokenHeader, TEST_IDENTITY, identityHeader } from '@reseller/testing';
import { entriesOf, ROUTES, type Entry } from '../src/routes.js';
import {
  accessToken,
  sendRaw,
  startGateway,
  startUpstream,
  type Gateway,
  type TokenOptions,
  type Upstream,
} from './gateway-fixture.js';

const verify = createIdentityVerifier(TEST_IDENTITY.IDENTITY_PUBLIC_KEY);

describe('who calls', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  beforeAll(async () => {
    upstream = await startUpstream();
    gateway = await startGateway(upstream.url, {
      RATE_LIMIT_PER_MINUTE: '100000',
      RATE_LIMIT_PAYMENTS_PER_MINUTE: '100000',
      RATE_LIMIT_CREDENTIALS_PER_MINUTE: '100000',
    });
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });
  afterEach(() => {
    upstream.arrivals.length = 0;
  });

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const identityOf = () => String(upstream.last().headers['x-identity']);

  it('is shown to services as an identity that they can verify', async () => {
    const [sub, businessId, sid] = [newId(), newId(), newId()];
    const token = accessToken({ sub, roles: ['RESELLER', 'CUSTOMER'], claims: { businessId, sid, email: 'r@x.in' } });
    await gateway.client.get('/wallets/mine', bearer(token));
    expect(verify(identityOf())).toEqual({
      userId: sub,
      roles: ['RESELLER', 'CUSTOMER'],
      businessId,
      email: 'r@x.in',
      sessionId: sid,
      isAdmin: false,
      isAnonymous: false,
    });
  });

  it('is nobody without a token', async () => {
    await gateway.client.get('/products');
    expect(verify(identityOf())).toMatchObject({ userId: null, isAnonymous: true });
  });

  it('is the same signed identity while the same access token is used', async () => {
    const token = accessToken();
    await gateway.client.get('/products', bearer(token));
    const first = identityOf();
    await gateway.client.get('/wallets/mine', bearer(token));
    expect(identityOf()).toBe(first);
    await gateway.client.get('/products', bearer(accessToken()));
    expect(identityOf()).not.toBe(first);
  });

  it('cannot be said by the client', async () => {
    const admin = { userId: newId(), roles: ['ADMIN'] as const };
    await gateway.client.get('/products', {
      ...identityHeader(admin),
      ...serviceTokenHeader('order'),
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-user': 'admin',
      'x-real-ip': '6.6.6.6',
      forwarded: 'for=6.6.6.6',
    });
    const { headers } = upstream.last();
    expect(verify(identityOf()).isAnonymous).toBe(true);
    for (const name of ['x-service-token', 'forwarded', 'x-real-ip', 'x-forwarded-user']) {
      expect(headers[name]).toBeUndefined();
    }
    expect(headers['x-forwarded-for']).toBe('127.0.0.1');
    expect(headers['x-forwarded-proto']).toBe('http');
    expect(headers['x-forwarded-host']).toBe(new URL(gateway.url).host);
  });

  it('is not shown to services as the access token itself', async () => {
    await gateway.client.get('/wallets/mine', { ...bearer(accessToken()), 'x-order-token': 'guest' });
    expect(upstream.last().headers['authorization']).toBeUndefined();
    expect(upstream.last().headers['x-order-token']).toBe('guest');
  });

  it('believes as many forwarding proxies as it is told', async () => {
    const behind = await startGateway(upstream.url, { TRUSTED_PROXIES: '1' });
    await behind.client.get('/products', { 'x-forwarded-for': '6.6.6.6, 203.0.113.7' });
    expect(upstream.last().headers['x-forwarded-for']).toBe('203.0.113.7');
    await behind.close();
  });

  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claims = { sub: newId(), roles: ['ADMIN'], iss: 'reseller-auth', aud: 'reseller-api', exp: 4e9 };
  const BAD: [string, string][] = [
    ...(
      [
        ['an expired token', { expiresInMs: -5_000 }],
        ['a token of another secret', { secret: 'another-secret-that-is-also-long-enough' }],
        ['a token of another issuer', { iss: 'somebody' }],
        ['a token for another audience', { aud: 'somewhere' }],
        ['a token with an unknown role', { roles: ['ROOT'] }],
        ['a token of no user', { sub: 'admin' }],
      ] satisfies [string, TokenOptions][]
    ).map(([what, options]): [string, string] => [what, `Bearer ${accessToken(options)}`]),
    ['an unsigned token', `Bearer ${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(claims)}.`],
    ['a signature that was cut off', `Bearer ${accessToken().replace(/\.[^.]+$/, '.')}`],
    ['an identity token in its place', `Bearer ${identityHeader({ userId: newId() })['x-identity']}`],
    ['something that is no token', 'Bearer nonsense'],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['an empty header', ''],
    ['a bearer of nothing', 'Bearer '],
  ];

  it.each(BAD)('is refused with %s, also where nobody has to sign in', async (_what, authorization) => {
    for (const path of ['/wallets/mine', '/products']) {
      const { status, body, headers } = await gateway.client.get(path, { authorization });
      expect(status).toBe(401);
      expect(body).toMatchObject({ status: 401, code: 'UNAUTHENTICATED', instance: path });
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect(headers.get('www-authenticate')).toBe('Bearer');
    }
    expect(upstream.arrivals).toEqual([]);
  });

  it('may bring a stale token along to sign in anew', async () => {
    const stale = bearer(accessToken({ expiresInMs: -5_000 }));
    expect((await gateway.client.post('/auth/login', {}, stale)).status).toBe(200);
    expect(verify(identityOf()).isAnonymous).toBe(true);
  });

  it('does not outlive the access token by being remembered', async () => {
    const token = accessToken({ expiresInMs: 1_000 });
    const call = () => gateway.client.get('/wallets/mine', bearer(token));
    const before = (await call()).status;
    expect([200, 401]).toContain(before);
    const deadlineMs = Date.now() + 3_000;
    let status = before;
    while (status === 200 && Date.now() < deadlineMs) ({ status } = await call());
    expect(status).toBe(401);
  });

  it('is the first of two Authorization headers, never a mixture', async () => {
    const [one, two] = [newId(), newId()];
    await sendRaw(
      gateway.port,
      `GET /wallets/mine HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${accessToken({ sub: one })}\r\nAuthorization: Bearer ${accessToken({ sub: two })}\r\n\r\n`,
    );
    expect(verify(identityOf()).userId).toBe(one);
  });

  describe('by the route table', () => {
    const example = ({ url }: Entry) => url.replace('/*', '/some/thing');
    const call = (entry: Entry, headers: Record<string, string>) =>
      fetch(gateway.url + example(entry), {
        method: entry.method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(entry.method === 'GET' ? {} : { body: '{}' }),
      });
    const entries = entriesOf(ROUTES);
    const named = entries.map((entry): [string, Entry] => [`${entry.method} ${entry.url}`, entry]);

    it.each(named)('%s is reached by those who may, and by nobody else', async (_name, entry) => {
      const { who } = entry.route;
      const asRole = (role: string) => bearer(accessToken({ roles: [role] }));
      expect((await call(entry, {})).status).toBe(who === 'everyone' ? 200 : 401);
      const open = who === 'everyone' || who === 'signed-in';
      for (const role of ['CUSTOMER', 'RESELLER', 'ADMIN']) {
        const expected = open || who.some((allowed) => allowed === role) ? 200 : 403;
        expect([role, (await call(entry, asRole(role))).status]).toEqual([role, expected]);
      }
      expect(upstream.last().url).toBe(example(entry));
    });

    it.each(['PUT', 'PATCH', 'DELETE'])('refuses a method that no row names: %s /orders', async (method) => {
      const response = await fetch(`${gateway.url}/auth/login`, {
        method,
        headers: bearer(accessToken({ roles: ['ADMIN'] })),
      });
      // `/auth/*` takes any method of the signed-in, so auth decides about these.
      expect(response.status).toBe(200);
      expect((await fetch(`${gateway.url}/webhooks/razorpay`, { method })).status).toBe(404);
    });
  });
});
