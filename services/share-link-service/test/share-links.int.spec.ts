import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_BUSINESS_ID } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { productFact } from '@reseller/testing';
import { startShareLinks, type ShareLinkFixture } from './share-link-fixture.js';

interface Link {
  id: string;
  code: string;
  sellerId: string;
  url: string;
  isActive: boolean;
  expiresAt: string | null;
  version: number;
}
interface Problem {
  code: string;
  errors?: { path: string }[];
}

let service: ShareLinkFixture;
beforeAll(async () => {
  service = await startShareLinks();
});
afterAll(() => service.stop());

const reseller = (userId = newId()) => ({ userId, client: service.client.as({ userId, roles: ['RESELLER'] }) });
const TOMORROW = new Date(Date.now() + 86_400_000).toISOString();

async function linkOf(userId: string, body: object = {}): Promise<Link> {
  const answer = await reseller(userId).client.post<Link>('/share-links', body);
  expect(answer.status).toBe(201);
  return answer.body;
}

const eventsOf = async (id: string) =>
  (
    await service.db.query<{ payload: { type: string; aggregateVersion: number; data: object; actor: string } }>(
      "select payload from outbox where payload -> 'data' ->> 'shareLinkId' = $1 or payload -> 'data' ->> 'subjectId' = $1 order by seq",
      [id],
    )
  ).map(({ payload }) => payload);

describe('POST /share-links', () => {
  it('makes a link for a product at the seller’s own price and tells the order service', async () => {
    const { userId, client } = reseller();
    const { productId } = service.offer();
    const answer = await client.post<Link>('/share-links', {
      sellerId: userId,
      productId,
      sellerPrice: 1500.0,
      expiresAt: TOMORROW,
    });
    expect(answer.status).toBe(201);
    const { id, code } = answer.body;
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      code: expect.stringMatching(/^[2-9a-z]{9}$/),
      sellerId: userId,
      productId,
      url: `https://shop.example/share/${code}`,
      expiresAt: TOMORROW,
      isActive: true,
      sellerPrice: 1500,
      createdAt: expect.any(String),
      version: 1,
    });
    expect(await eventsOf(id)).toMatchObject([
      {
        type: 'SHARE_LINK_CREATED',
        aggregateVersion: 1,
        actor: userId,
        data: {
          shareLinkId: id,
          code,
          sellerId: userId,
          productId,
          sellerPricePaise: 150_000,
          expiresAt: TOMORROW,
          isActive: true,
        },
      },
    ]);
  });

  it('makes a link to the whole shop of the caller where nothing is named', async () => {
    const { userId } = reseller();
    expect(await linkOf(userId)).toMatchObject({
      sellerId: userId,
      productId: null,
      sellerPrice: null,
      expiresAt: null,
    });
  });

  it('makes one link for one Idempotency-Key', async () => {
    const { client } = reseller();
    const headers = { 'Idempotency-Key': newId() };
    const first = await client.post<Link>('/share-links', {}, headers);
    const second = await client.post<Link>('/share-links', {}, headers);
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });

  it('is for resellers and administrators, and for nobody in somebody else’s name', async () => {
    const { client } = reseller();
    expect((await service.client.anonymous().post('/share-links', {})).status).toBe(401);
    expect((await service.client.as({ userId: newId(), roles: ['CUSTOMER'] }).post('/share-links', {})).status).toBe(
      403,
    );
    expect((await client.post('/share-links', { sellerId: newId() })).status).toBe(403);
  });

  it('lets an ADMIN make one for an active reseller only', async () => {
    const admin = service.client.as({ userId: newId(), roles: ['ADMIN'] });
    const sellerId = newId();
    const refused = await admin.post<Problem>('/share-links', { sellerId });
    expect([refused.status, refused.body.code]).toEqual([422, 'SELLER_NOT_ACTIVE']);
    service.accounts.answers.set(`/internal/users/${sellerId}`, {
      id: sellerId,
      roles: ['RESELLER'],
      isActive: true,
      businessId: DEFAULT_BUSINESS_ID,
    });
    const made = await admin.post<Link>('/share-links', { sellerId });
    expect([made.status, made.body.sellerId]).toEqual([201, sellerId]);
  });

  it('lets an ADMIN of one business make one for its own sellers and products only', async () => {
    const [sellerId, businessId] = [newId(), newId()];
    const { productId } = service.offer();
    const make = (of: string, body: object) =>
      service.client.as({ userId: newId(), roles: ['ADMIN'], businessId: of }).post<Problem>('/share-links', body);
    const belongsTo = (business: string) =>
      service.accounts.answers.set(`/internal/users/${sellerId}`, {
        id: sellerId,
        roles: ['RESELLER'],
        isActive: true,
        businessId: business,
      });
    belongsTo(DEFAULT_BUSINESS_ID);
    expect((await make(businessId, { sellerId })).body.code).toBe('SELLER_NOT_ACTIVE');
    expect((await make(DEFAULT_BUSINESS_ID, { sellerId, productId })).status).toBe(201);
    belongsTo(businessId);
    expect((await make(businessId, { sellerId })).status).toBe(201);
    expect((await make(businessId, { sellerId, productId })).body.code).toBe('PRODUCT_NOT_FOUND');
  });

  it.each([
    ['a price without a product', { sellerPrice: 10 }, 'sellerPrice'],
    ['a third decimal', { productId: newId(), sellerPrice: 10.001 }, 'sellerPrice'],
    ['a time that is none', { expiresAt: 'tomorrow' }, 'expiresAt'],
  ])('refuses %s', async (_, body, path) => {
    const answer = await reseller().client.post<Problem>('/share-links', body);
    expect([answer.status, answer.body.errors?.map((error) => error.path)]).toEqual([400, [path]]);
  });

  it('refuses a price that pricing refuses, an unknown product and an end in the past', async () => {
    const { client } = reseller();
    const { productId } = service.offer();
    const margin = {
      valid: false,
      reason: 'PRICE_BELOW_BASE',
      businessId: newId(),
      basePricePaise: 100_000,
      maxSellerPricePaise: 300_000,
    };
    service.pricing.answers.set('/internal/margin-checks', margin);
    const low = await client.post<Problem>('/share-links', { productId, sellerPrice: 999 });
    expect([low.status, low.body]).toMatchObject([
      422,
      { code: 'PRICE_BELOW_BASE', details: { basePrice: 1000, maxSellerPrice: 3000 } },
    ]);
    expect((await client.post<Problem>('/share-links', { productId: newId() })).body.code).toBe('PRODUCT_NOT_FOUND');
    const past = await client.post<Problem>('/share-links', { expiresAt: '2020-01-01T00:00:00Z' });
    expect([past.status, past.body.code]).toEqual([422, 'EXPIRY_IN_THE_PAST']);
  });

  it('refuses a product that is not for sale', async () => {
    const { productId } = service.offer(productFact({ isActive: false }));
    expect((await reseller().client.post<Problem>('/share-links', { productId })).body.code).toBe('PRODUCT_INACTIVE');
  });
});

describe('GET /share-links/:code', () => {
  it('shows product and pricing to anybody, by code in any case and by id', async () => {
    const { productId } = service.offer();
    const link = await linkOf(newId(), { productId, sellerPrice: 1500 });
    for (const name of [link.code, link.code.toUpperCase(), link.id]) {
      const answer = await service.client.anonymous().get(`/share-links/${name}`);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({
        ...link,
        product: {
          id: productId,
          name: 'Block-print kurta',
          imageUrl: 'https://pictures.example/kurta.jpg',
          variants: [{ price: 1500, basePrice: 1000, mrp: 2000 }],
        },
        pricing: { basePrice: 1000, sellerPrice: 1500, price: 1500, currency: 'INR' },
      });
    }
  });

  it('answers 404 for an unknown code and 400 for what cannot be one', async () => {
    const anonymous = service.client.anonymous();
    const unknown = await anonymous.get<Problem>('/share-links/zzzzzzzzz');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'LINK_NOT_FOUND']);
    expect((await anonymous.get('/share-links/a%20b')).status).toBe(400);
  });

  it('answers 410 once it was switched off, has expired, or its product was deleted', async () => {
    const userId = newId();
    const off = await linkOf(userId);
    const expired = await linkOf(userId);
    await service.db.query('update share_links set expires_at = $2 where id = $1', [
      expired.id,
      new Date('2020-01-01'),
    ]);
    expect((await reseller(userId).client.delete<Link>(`/share-links/${off.code}`)).body.isActive).toBe(false);
    for (const { code } of [off, expired]) {
      const answer = await service.client.anonymous().get<Problem>(`/share-links/${code}`);
      expect([answer.status, answer.body.code]).toEqual([410, 'LINK_GONE']);
    }
  });
});

describe('managing links', () => {
  it('changes activity and end, each with an event of its own version', async () => {
    const { userId, client } = reseller();
    const { id, code } = await linkOf(userId);
    expect(
      (await client.patch<Link>(`/share-links/${code}`, { isActive: false, expiresAt: TOMORROW })).body,
    ).toMatchObject({ isActive: false, expiresAt: TOMORROW });
    expect((await client.patch<Link>(`/share-links/${id}`, { isActive: true })).body).toMatchObject({
      isActive: true,
      expiresAt: TOMORROW,
    });
    expect((await client.patch<Link>(`/share-links/${code}`, { expiresAt: null })).body.expiresAt).toBeNull();
    expect((await service.client.anonymous().get(`/share-links/${code}`)).status).toBe(200);
    expect((await eventsOf(id)).map(({ type, aggregateVersion }) => [type, aggregateVersion])).toEqual([
      ['SHARE_LINK_CREATED', 1],
      ['SHARE_LINK_UPDATED', 2],
      ['SHARE_LINK_UPDATED', 3],
      ['SHARE_LINK_UPDATED', 4],
    ]);
  });

  it('does not overwrite a change that the caller has not seen', async () => {
    const { client, userId } = reseller();
    const { code, version } = await linkOf(userId);
    const stale = client.with({ 'if-match': `"${version}"` });
    const ended = await stale.patch<Link>(`/share-links/${code}`, { expiresAt: TOMORROW });
    expect(ended).toMatchObject({ status: 200, body: { version: version + 1 } });
    expect(ended.headers.get('etag')).toBe(`"${version + 1}"`);
    const refused = { status: 412, body: { code: 'VERSION_MISMATCH', details: { version: version + 1 } } };
    expect(await stale.patch(`/share-links/${code}`, { expiresAt: null })).toMatchObject(refused);
    expect(await client.patch(`/share-links/${code}`, { expiresAt: null, version })).toMatchObject(refused);
    expect(await stale.delete(`/share-links/${code}`)).toMatchObject(refused);
    const { body } = await client.get<Link>(`/share-links/${code}`);
    expect(body).toMatchObject({ isActive: true, expiresAt: TOMORROW });
  });

  it('is for the owner; others learn nothing', async () => {
    const { code } = await linkOf(newId());
    const { client } = reseller();
    expect((await client.patch(`/share-links/${code}`, { isActive: false })).status).toBe(404);
    expect((await client.delete(`/share-links/${code}`)).status).toBe(404);
    expect((await client.get(`/share-links/${code}/stats`)).status).toBe(404);
    const elsewhere = service.client.as({ userId: newId(), roles: ['ADMIN'], businessId: newId() });
    expect((await elsewhere.delete(`/share-links/${code}`)).status).toBe(404);
  });

  it('records what an ADMIN does', async () => {
    const { id, code } = await linkOf(newId());
    const adminId = newId();
    await service.client.as({ userId: adminId, roles: ['ADMIN'] }).delete(`/share-links/${code}`);
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      type: 'ADMIN_ACTION_RECORDED',
      data: {
        actorId: adminId,
        action: 'SHARE_LINK_CHANGED',
        subjectId: id,
        before: { isActive: true },
        after: { isActive: false },
      },
    });
  });

  it('lists own links in pages, filtered', async () => {
    const { userId, client } = reseller();
    const { productId } = service.offer();
    const first = await linkOf(userId);
    const second = await linkOf(userId, { productId });
    await client.delete(`/share-links/${first.code}`);
    const codesOf = async (query: string) => {
      const { body } = await client.get<{ data: Link[]; total: number }>(`/share-links?${query}`);
      return [body.total, body.data.map((link) => link.code)];
    };
    expect(await codesOf(`sellerId=${userId}`)).toEqual([2, [second.code, first.code]]);
    expect(await codesOf('take=1&skip=1')).toEqual([2, [first.code]]);
    expect(await codesOf('page=2&limit=1&sort=createdAt')).toEqual([2, [second.code]]);
    expect(await codesOf('isActive=true')).toEqual([1, [second.code]]);
    expect(await codesOf(`productId=${productId}`)).toEqual([1, [second.code]]);
  });

  it('lists somebody else’s links to an ADMIN only', async () => {
    const userId = newId();
    const { code } = await linkOf(userId);
    expect((await reseller().client.get(`/share-links?sellerId=${userId}`)).status).toBe(403);
    const admin = service.client.as({ userId: newId(), roles: ['ADMIN'] });
    expect((await admin.get<{ data: Link[] }>(`/share-links?sellerId=${userId}`)).body.data).toMatchObject([{ code }]);
    expect((await admin.get('/share-links?isActive=maybe')).status).toBe(400);
  });
});

describe('GET /internal/share-links/:id', () => {
  it('tells services of a link in any state, by id and code', async () => {
    const userId = newId();
    const { id, code } = await linkOf(userId);
    await reseller(userId).client.delete(`/share-links/${code}`);
    for (const name of [id, code]) {
      const answer = await service.client.asService('order').get(`/internal/share-links/${name}`);
      expect(answer.body).toMatchObject({
        shareLinkId: id,
        code,
        sellerId: userId,
        isActive: false,
        sellerPricePaise: null,
        version: 2,
      });
    }
    expect((await service.client.as({ userId, roles: ['ADMIN'] }).get(`/internal/share-links/${id}`)).status).toBe(401);
  });
});
