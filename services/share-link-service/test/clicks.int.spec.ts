import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { eventually, identityHeader } from '@reseller/testing';
import { ClickRepository } from '../src/clicks/click.repository.js';
import { STATISTICS_INVARIANTS } from '../src/statistics/statistics-invariants.js';
import { startShareLinks, visitor, type ShareLinkFixture } from './share-link-fixture.js';

interface Statistics {
  clicks: number;
  uniqueVisitors: number;
  daily: { date: string; clicks: number }[];
}

let service: ShareLinkFixture;
beforeAll(async () => {
  service = await startShareLinks();
});
afterAll(() => service.stop());

async function newLink() {
  const sellerId = newId();
  const owner = service.client.as({ userId: sellerId, roles: ['RESELLER'] });
  const { body } = await owner.post<{ id: string; code: string }>('/share-links', {});
  const statistics = async () => (await owner.get<Statistics>(`/share-links/${body.code}/stats`)).body;
  return { ...body, sellerId, owner, statistics };
}

/** A click by somebody else that must be counted: what was counted before it has been written by then as well. */
async function settle(link: Awaited<ReturnType<typeof newLink>>, expected: number): Promise<Statistics> {
  await service.client.anonymous().get(`/share/${link.code}`, visitor('198.51.100.254'));
  return eventually(async () => {
    const statistics = await link.statistics();
    expect(statistics.clicks).toBeGreaterThanOrEqual(expected + 1);
    return statistics;
  });
}

describe('clicks', () => {
  it('are counted once per visitor and hour, on the page and in the API alike', async () => {
    const link = await newLink();
    const anonymous = service.client.anonymous();
    for (const path of [
      `/share/${link.code}`,
      `/share-links/${link.code}`,
      `/share-links/${link.id}`,
      `/share/${link.code}`,
    ]) {
      expect((await anonymous.get(path, visitor('203.0.113.1'))).status).toBe(200);
    }
    await anonymous.get(`/share/${link.code}`, visitor('203.0.113.2'));
    const statistics = await settle(link, 2);
    expect(statistics).toMatchObject({
      clicks: 3,
      uniqueVisitors: 3,
      daily: [{ date: new Date().toISOString().slice(0, 10), clicks: 3 }],
    });
  });

  it('of the same visitor in another hour count again, but are the same visitor', async () => {
    const link = await newLink();
    await service.client.anonymous().get(`/share/${link.code}`, visitor('203.0.113.1'));
    await eventually(async () => expect((await link.statistics()).clicks).toBe(1));
    const [row] = await service.db.query<{ visitor: Buffer; hour: Date }>(
      'select visitor, hour from clicks where share_link_id = $1',
      [link.id],
    );
    const base = { shareLinkId: link.id, visitor: row?.visitor ?? Buffer.alloc(0) };
    const later = new Date((row?.hour.getTime() ?? 0) + 3_600_000);
    const repository = service.app.get(ClickRepository);
    await repository.write([{ ...base, hour: later }]);
    await repository.write([{ ...base, hour: later }]);
    expect(await link.statistics()).toMatchObject({ clicks: 2, uniqueVisitors: 1 });
  });

  it.each([
    ['a messenger that makes a preview', { 'user-agent': 'WhatsApp/2.23.20.0' }],
    ['a crawler', { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' }],
    ['a browser that loads ahead', { 'sec-purpose': 'prefetch;prerender' }],
    ['an older browser that loads ahead', { purpose: 'prefetch' }],
    ['Safari’s preview', { 'x-purpose': 'preview' }],
    ['an old Firefox that loads ahead', { 'x-moz': 'prefetch' }],
  ])('are not made by %s', async (_, headers) => {
    const link = await newLink();
    const anonymous = service.client.anonymous();
    const answer = await anonymous.get(`/share/${link.code}`, { ...visitor('203.0.113.1'), ...headers });
    await anonymous.get(`/share-links/${link.code}`, { ...visitor('203.0.113.1'), ...headers });
    expect(answer.status).toBe(200);
    expect((await settle(link, 0)).clicks).toBe(1);
  });

  it('are not made by HEAD, nor by the owner', async () => {
    const link = await newLink();
    const url = new URL(`/share/${link.code}`, service.url);
    const head = await fetch(url, { method: 'HEAD', headers: { ...identityHeader(), ...visitor('203.0.113.1') } });
    expect(head.status).toBe(200);
    await link.owner.get(`/share-links/${link.code}`, visitor('203.0.113.3'));
    await link.owner.get(`/share/${link.code}`, visitor('203.0.113.3'));
    expect((await settle(link, 0)).clicks).toBe(1);
  });

  it('through an app are counted in the API, where apps are at home', async () => {
    const link = await newLink();
    await service.client.anonymous().get(`/share-links/${link.code}`, visitor('203.0.113.1', 'okhttp/4.12.0'));
    expect((await settle(link, 1)).clicks).toBe(2);
  });

  it('on closed and unknown links count for nobody', async () => {
    const link = await newLink();
    await link.owner.delete(`/share-links/${link.code}`);
    expect((await service.client.anonymous().get(`/share/${link.code}`, visitor('203.0.113.1'))).status).toBe(410);
    expect((await service.client.anonymous().get('/share/zzzzzzzzz', visitor('203.0.113.1'))).status).toBe(404);
    expect((await link.statistics()).clicks).toBe(0);
  });

  it('of a hundred visitors at once are all counted', async () => {
    const link = await newLink();
    await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        service.client.anonymous().get(`/share/${link.code}`, visitor(`192.0.2.${i}`)),
      ),
    );
    await eventually(async () => expect(await link.statistics()).toMatchObject({ clicks: 100, uniqueVisitors: 100 }));
  });

  it('that wait in memory are written when the service stops', async () => {
    const slow = await startShareLinks({ CLICK_FLUSH_INTERVAL: '1h' });
    const owner = slow.client.as({ userId: newId(), roles: ['RESELLER'] });
    const { body } = await owner.post<{ id: string; code: string }>('/share-links', {});
    await slow.client.anonymous().get(`/share/${body.code}`, visitor('203.0.113.1'));
    expect(await slow.db.query('select 1 from clicks')).toEqual([]);
    await slow.app.close();
    expect(await slow.db.query('select share_link_id from clicks')).toEqual([{ share_link_id: body.id }]);
    await slow.stop().catch(() => undefined);
  });

  it('keep the invariants', async () => {
    for (const { name, sql } of STATISTICS_INVARIANTS) expect([name, await service.db.query(sql)]).toEqual([name, []]);
  });

  it('that are miscounted break an invariant', async () => {
    const link = await newLink();
    await service.db.query(
      'insert into click_days (share_link_id, day, clicks, visitors) values ($1, current_date, 5, 5)',
      [link.id],
    );
    const violations = await Promise.all(STATISTICS_INVARIANTS.map(({ sql }) => service.db.query(sql)));
    expect(violations.flat()).toMatchObject([{ share_link_id: link.id, counted: 5n, found: null }]);
    await service.db.query('delete from click_days where share_link_id = $1', [link.id]);
  });
});
