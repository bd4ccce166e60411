import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_BUSINESS_ID } from '@reseller/contracts';
import { eventually } from '@reseller/testing';
import { startE2ePlatform, type Platform } from './support/platform.js';
import { Shop, type Person } from './support/shop.js';
import { defaultTrader, newTrader, type Trader } from './support/two-businesses.js';

/*
 * Every GET of the platform, as the administrator of one business, when another business has one of everything. A new route
 * is tried by itself; one that cannot be, or need not be, says here why.
 */

/** Open to everybody by what they are for: a catalogue, the page of a link, a price. */
const OPEN: Readonly<Record<string, string>> = {
  '/products': 'the catalogue is open to everybody',
  '/products/{id}': 'the catalogue is open to everybody',
  '/products/slug/{slug}': 'the catalogue is open to everybody',
  '/products/{id}/stock/check': 'the catalogue is open to everybody',
  '/stock/variants/{variantId}': 'the catalogue is open to everybody',
  '/categories': 'the catalogue is open to everybody',
  '/categories/{id}': 'the catalogue is open to everybody',
  '/pricing/product/{productId}': 'the catalogue is open to everybody',
  '/share-links/{code}': 'whoever has the code opens the link',
};

/** Shows an administrator of a business nothing of it, and nothing of another either: tried for that alone. */
const OF_THE_CALLER: Readonly<Record<string, string>> = {
  '/addresses': 'the caller’s own',
  '/notifications/preferences': 'the caller’s own',
  '/orders/user/my-orders': 'what the caller bought',
  '/pricing/tax-rates': 'of the country, not of a business',
  '/tenants': 'for administrators of the whole platform',
};

/** Everybody begins in the default business: what was written to them then is its own. */
const WRITTEN_AT_FIRST: readonly string[] = ['/notifications', '/admin/notifications'];

/** Where a path names one thing, which of a business's. Whoever is of another business gets 403 or 404. */
const NAMED: Readonly<Record<string, string>> = {
  '/admin/orders/{id}': 'order',
  '/admin/payments/reconciliations/{id}': 'reconciliation',
  '/admin/payments/reconciliations/{id}.csv': 'reconciliation',
  '/admin/payments/webhooks/{id}': 'webhook',
  '/admin/users/{id}': 'user',
  '/businesses/{id}': 'business',
  '/customers/{id}': 'customer',
  '/customers/{id}/engagement': 'customer',
  '/inventory/imports/{id}': 'import',
  '/inventory/products/{id}': 'product',
  '/inventory/variants/{id}': 'variant',
  '/orders/{id}': 'order',
  '/orders/{id}/history': 'order',
  '/orders/{id}/stream': 'order',
  '/payments/order/{orderId}': 'order',
  '/payments/{id}': 'payment',
  '/payments/{id}/refunds': 'payment',
  '/payments/{id}/status': 'payment',
  '/pricing/commission-rules/{id}': 'rule',
  '/refunds/{id}': 'refund',
  '/reservations/{id}': 'reservation',
  '/share-links/{code}/stats': 'link',
  '/users/{id}': 'user',
  '/wallets/payouts/{id}': 'payout',
  '/wallets/{sellerId}': 'seller',
  '/wallets/{sellerId}/transactions': 'seller',
};

/** Names one thing that is not a business's. */
const NAMED_APART: Readonly<Record<string, string>> = {
  '/addresses/{id}': 'a person’s own, also to administrators',
  '/notifications/{id}': 'tried through /admin/notifications, whose rows these are',
  '/tenants/{id}': 'for administrators of the whole platform',
};

/** Never ends: followed, not read. */
const FOLLOWED = '/admin/notifications/stream';

/** What a question must say before it is answered at all. */
const ASKED_WITH: Readonly<Record<string, string>> = {};

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}
const document = JSON.parse(readFileSync(new URL('../docs/openapi.json', import.meta.url), 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
const GETS = Object.entries(document.paths).flatMap(([path, { get }]) => {
  if (get === undefined) return [];
  return [
    { path, queries: (get.parameters ?? []).filter(({ in: where }) => where === 'query').map(({ name }) => name) },
  ];
});
const LISTS = GETS.filter(({ path }) => !path.includes('{') && OPEN[path] === undefined && path !== FOLLOWED);
const ONES = GETS.filter(({ path }) => path.includes('{') && OPEN[path] === undefined);

let platform: Platform;
let first: Trader;
let other: Trader;
/** What the first business's figures were before the other one sold anything. */
const before = new Map<string, unknown>();

const withQuery = (path: string, ...queries: (string | undefined)[]): string => {
  const all = [ASKED_WITH[path], ...queries].filter((query) => query !== undefined && query !== '');
  return all.length === 0 ? path : `${path}?${all.join('&')}`;
};

beforeAll(async () => {
  platform = await startE2ePlatform();
  const shop = new Shop(platform);
  const platformAdmin = await shop.admin();
  first = await defaultTrader(shop, platformAdmin);
  await platform.verify();
  for (const { path } of LISTS) before.set(path, (await first.admin.api.get(withQuery(path))).body);
  other = await newTrader(shop, platformAdmin);
  await platform.verify();
}, 240_000);
afterAll(() => platform.stop(), 60_000);

/** What of one business's is not the other's as well. */
const ownOf = (one: Trader, two: Trader): string[] => [...one.marks].filter((mark) => !two.marks.has(mark));
const hiddenFrom = (mine: Trader, theirs: Trader, path: string): string[] =>
  mine.businessId === DEFAULT_BUSINESS_ID && WRITTEN_AT_FIRST.includes(path)
    ? ownOf(theirs, mine).filter((mark) => !theirs.people.has(mark))
    : ownOf(theirs, mine);
const shownOf = (body: unknown, marks: readonly string[]): string[] => {
  const text = JSON.stringify(body).toLowerCase();
  return marks.filter((mark) => text.includes(mark.toLowerCase()));
};

/** Every way of asking a list that could lead to another's rows. */
function questions(queries: readonly string[], path: string, theirs: Trader): string[] {
  const named: Readonly<Record<string, string | undefined>> = {
    q: theirs.mark,
    search: theirs.mark,
    businessId: theirs.businessId,
    business_id: theirs.businessId,
    tenantId: undefined,
    userId: theirs.ids['user'],
    sellerId: theirs.ids['seller'],
    actorId: theirs.admin.user.id,
    orderId: theirs.ids['order'],
    paymentId: theirs.ids['payment'],
    productId: theirs.ids['product'],
    variantId: theirs.ids['variant'],
    subjectId: theirs.ids['product'],
  };
  const take = queries.includes('take') ? 'take=100' : undefined;
  const asked = queries.flatMap((query) => (named[query] === undefined ? [] : [`${query}=${named[query]}`]));
  return [withQuery(path, take), ...asked.map((query) => withQuery(path, take, query))];
}

/** The beginning of an answer, which may be one that never ends. */
async function begin(person: Person, path: string, headers: Readonly<Record<string, string>> = {}) {
  const leaving = new AbortController();
  const authorization = `Bearer ${person.session.accessToken}`;
  const answer = await fetch(new URL(path, platform.gatewayUrl), {
    headers: { ...headers, authorization },
    signal: leaving.signal,
  });
  const chunks = answer.body?.pipeThrough(new TextDecoderStream()) ?? new ReadableStream<string>();
  return { status: answer.status, chunks, leave: () => leaving.abort() };
}

const rowsOf = (body: unknown): { data: readonly unknown[]; total: number } | undefined =>
  typeof body === 'object' && body !== null && 'data' in body && Array.isArray(body.data)
    ? (body as { data: readonly unknown[]; total: number })
    : undefined;

/** What tells when an answer was made, rather than of what. */
const MOMENTS: ReadonlySet<string> = new Set(['asOf', 'from', 'to', 'requestId']);
/** Of a file how many lines it has: a row may still change. */
const figuresOf = (body: unknown): unknown =>
  typeof body === 'string'
    ? body.split('\n').length
    : JSON.parse(JSON.stringify(body, (key, value: unknown) => (MOMENTS.has(key) ? undefined : value)));

describe('an administrator of one business', () => {
  it.each(LISTS)('finds nothing of another by GET $path, however it is asked', async ({ path, queries }) => {
    for (const [mine, theirs] of [
      [first, other],
      [other, first],
    ] as const) {
      const foreign = hiddenFrom(mine, theirs, path);
      for (const question of questions(queries, path, theirs)) {
        const { status, body } = await mine.admin.api.get(question);
        expect([question, status < 500, status]).toEqual([question, true, status]);
        // A refusal may repeat what was asked for.
        if (status < 400) expect([question, shownOf(body, foreign)]).toEqual([question, []]);
      }
    }
  });

  it.each(LISTS)('is not told by a number of GET $path how much another has', async ({ path, queries }) => {
    const take = queries.includes('take') ? 'take=100' : undefined;
    await eventually(async () => {
      const { body } = await first.admin.api.get(withQuery(path, take));
      const rows = rowsOf(body);
      if (rows === undefined) expect(figuresOf(body)).toEqual(figuresOf(before.get(path)));
      else if (rows.data.length < 100) expect([path, rows.total ?? rows.data.length]).toEqual([path, rows.data.length]);
    });
  });

  it.each(LISTS.filter(({ path }) => OF_THE_CALLER[path] === undefined))(
    'sees what is the business’s own by GET $path: there is something to hide',
    async ({ path, queries }) => {
      const take = queries.includes('take') ? 'take=100' : undefined;
      for (const [mine, theirs] of [
        [first, other],
        [other, first],
      ] as const) {
        await eventually(async () => {
          const { status, body } = await mine.admin.api.get(withQuery(path, take));
          expect([path, status]).toEqual([path, 200]);
          if (rowsOf(body) !== undefined) expect(shownOf(body, ownOf(mine, theirs))).not.toEqual([]);
        });
      }
    },
  );

  it.each(ONES.filter(({ path }) => NAMED_APART[path] === undefined))(
    'gets 403 or 404 for another’s GET $path, and their own',
    async ({ path }) => {
      const kind = NAMED[path];
      if (kind === undefined) throw new Error(`Say in this test which thing of a business ${path} names.`);
      const ask = async (asker: Person, owner: Trader): Promise<number> => {
        const answer = await begin(asker, withQuery(path.replace(/\{\w+\}/, owner.ids[kind] ?? 'nothing')));
        answer.leave();
        return answer.status;
      };
      for (const [mine, theirs] of [
        [first, other],
        [other, first],
      ] as const) {
        expect([path, await ask(mine.admin, mine)]).toEqual([path, 200]);
        expect([403, 404]).toContain(await ask(mine.admin, theirs));
      }
    },
  );

  it('follows what happens in the business, and passes over what happened in another before it', async () => {
    const [own, foreign] = [ownOf(other, first), ownOf(first, other)];
    const live = await begin(other.admin, FOLLOWED, { 'last-event-id': '0' });
    let told = '';
    for await (const chunk of live.chunks) {
      told += chunk;
      if (shownOf(told, own).length > 0) break;
    }
    live.leave();
    expect(shownOf(told, own)).not.toEqual([]);
    expect(shownOf(told, foreign)).toEqual([]);
  });

  it('is tried on every route that the gateway documents', async () => {
    const { body } = await platform.api.get<typeof document>('/openapi.json');
    const served = Object.entries(body.paths).flatMap(([path, methods]) => ('get' in methods ? [path] : []));
    expect(served.toSorted()).toEqual(GETS.map(({ path }) => path).toSorted());
    expect(served).toContain(FOLLOWED);
    const known = [OPEN, OF_THE_CALLER, NAMED, NAMED_APART].flatMap((table) => Object.keys(table));
    expect(known.filter((path) => !served.includes(path))).toEqual([]);
  });
});
