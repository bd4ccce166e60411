import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { productFact } from '@reseller/testing';
import { startPricing, type PricingFixture } from './pricing-fixture.js';

interface Rule {
  id: string;
  rate: number;
}
interface Problem {
  code: string;
  errors?: { path: string }[];
}

let pricing: PricingFixture;
beforeAll(async () => {
  pricing = await startPricing();
});
afterAll(() => pricing.stop());

const RULES = '/pricing/commission-rules';
const adminId = newId();
const admin = (businessId: string | null = null) =>
  pricing.client.as({ userId: adminId, roles: ['ADMIN'], businessId });
const create = (body: object) => admin().post<Rule>(RULES, body);

async function commissionOf(sellerId: string, productId: string): Promise<number> {
  const items = [{ productId, quantity: 1, sellerPrice: 1500 }];
  const { body } = await pricing.client
    .anonymous()
    .post<{ commission: number }>('/pricing/calculate', { sellerId, items });
  return body.commission;
}

const audited = async (subjectId: string) =>
  (
    await pricing.db.query<{ payload: { data: object } }>(
      `select payload from outbox where payload -> 'data' ->> 'subjectId' = $1 order by seq`,
      [subjectId],
    )
  ).map(({ payload }) => payload.data);

describe('commission rules', () => {
  it('decide the next quote: the narrowest first, and the default again when they are gone', async () => {
    const sellerId = newId();
    const categories = [newId(), newId()];
    const fact = productFact({ categoryPath: categories });
    pricing.catalogue.answers.set(`/internal/products/${fact.productId}`, { ...fact, version: 1 });
    const commission = () => commissionOf(sellerId, fact.productId);
    expect(await commission()).toBe(150);
    await create({ scope: 'category', scopeId: categories[0], basis: 'SALE', rate: 12.5 });
    expect(await commission()).toBe(187.5);
    await create({ scope: 'category', scopeId: categories[1], basis: 'SALE', rate: 2 });
    expect(await commission()).toBe(30);
    const { body: ofProduct } = await create({ scope: 'product', scopeId: fact.productId, basis: 'MARGIN', rate: 50 });
    expect(await commission()).toBe(250);
    const { body: ofSeller } = await create({ scope: 'seller', scopeId: sellerId, basis: 'SALE', rate: 0 });
    expect(await commission()).toBe(0);
    await admin().patch(`${RULES}/${ofSeller.id}`, { isActive: false });
    expect(await commission()).toBe(250);
    await admin().delete(`${RULES}/${ofProduct.id}`);
    expect(await commission()).toBe(30);
  });

  it('are shown, changed and deleted, and the audit log hears of each', async () => {
    const made = await create({ scope: 'seller', scopeId: newId(), basis: 'SALE', rate: 7.25 });
    expect([made.status, made.body.rate]).toEqual([201, 7.25]);
    const path = `${RULES}/${made.body.id}`;
    expect((await admin().get(path)).body).toEqual(made.body);
    const changed = await admin().patch(path, {
      rate: 8,
      validFrom: '2026-01-01T00:00:00Z',
      validTo: '2026-02-01T00:00:00Z',
    });
    expect(changed.body).toMatchObject({ rate: 8, basis: 'SALE', validTo: '2026-02-01T00:00:00.000Z' });
    const backwards = await admin().patch<Problem>(path, { validTo: '2025-01-01T00:00:00Z' });
    expect([backwards.status, backwards.body.code]).toEqual([422, 'RULE_ENDS_BEFORE_IT_BEGINS']);
    expect((await admin().delete(path)).status).toBe(200);
    expect((await admin().get(path)).status).toBe(404);
    expect(await audited(made.body.id)).toMatchObject([
      { actorId: adminId, action: 'COMMISSION_RULE_CREATED', before: null, after: { rate: 7.25 } },
      { action: 'COMMISSION_RULE_CHANGED', before: { rate: 7.25 }, after: { rate: 8 } },
      { action: 'COMMISSION_RULE_DELETED', before: { rate: 8 }, after: null },
    ]);
  });

  it('are never overwritten unseen: of two who change the same version the second is refused', async () => {
    const made = await create({ scope: 'seller', scopeId: newId(), basis: 'SALE', rate: 5 });
    const path = `${RULES}/${made.body.id}`;
    const seen = await admin().get<Rule>(path);
    const etag = seen.headers.get('etag') ?? '';
    expect([etag, seen.body]).toMatchObject(['"1"', { version: 1 }]);
    const withTag = (tag: string) => admin().with({ 'if-match': tag });
    const answers = await Promise.all([
      withTag(etag).patch<Rule & Problem>(path, { rate: 6 }),
      withTag(etag).patch<Rule & Problem>(path, { rate: 7 }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    const [won, lost] = answers.toSorted((one, other) => one.status - other.status);
    expect([won?.body, lost?.body]).toMatchObject([{ version: 2 }, { code: 'VERSION_MISMATCH' }]);
    expect((await admin().get<Rule>(path)).body.rate).toBe(won?.body.rate);
    expect((await admin().patch(path, { rate: 8, version: 1 })).status).toBe(412);
    expect((await withTag('"2"').patch(path, { rate: 8, version: 1 })).status).toBe(412);
    expect((await withTag(etag).delete(path)).status).toBe(412);
    expect(await admin().patch(path, { version: 2 })).toMatchObject({ status: 400 });
    expect((await admin().patch(path, { rate: 8, version: 2 })).headers.get('etag')).toBe('"3"');
    expect((await withTag('"3"').delete(path)).status).toBe(200);
  });

  it('are listed, filtered', async () => {
    const scopeId = newId();
    await create({ scope: 'seller', scopeId, basis: 'SALE', rate: 1 });
    const { body } = await admin().get<{ data: Rule[]; total: number }>(
      `${RULES}?scope=seller&scopeId=${scopeId}&isActive=true`,
    );
    expect(body).toMatchObject({ total: 1, skip: 0, take: 20, data: [{ scopeId, rate: 1 }] });
    const platform = await admin().get<{ data: Rule[] }>(`${RULES}?scope=platform`);
    expect(platform.body.data).toMatchObject([{ scopeId: null, basis: 'SALE', rate: 10 }]);
  });

  it.each([
    ['a platform rule with a scope id', { scope: 'platform', scopeId: newId(), basis: 'SALE', rate: 1 }, 'scopeId'],
    ['a seller rule without one', { scope: 'seller', basis: 'SALE', rate: 1 }, 'scopeId'],
    ['more than the whole sale', { scope: 'platform', basis: 'SALE', rate: 100.01 }, 'rate'],
    ['a third decimal', { scope: 'platform', basis: 'SALE', rate: 1.005 }, 'rate'],
    ['an unknown basis', { scope: 'platform', basis: 'PROFIT', rate: 1 }, 'basis'],
  ])('refuse %s', async (_, body, path) => {
    const answer = await admin().post<Problem>(RULES, body);
    expect([answer.status, answer.body.errors?.map((error) => error.path)]).toEqual([400, [path]]);
  });

  it('are for administrators', async () => {
    expect((await pricing.client.anonymous().get(RULES)).status).toBe(401);
    expect((await pricing.client.as({ userId: newId(), roles: ['RESELLER'] }).get(RULES)).status).toBe(403);
  });

  it('of an ADMIN of one business concern that business alone', async () => {
    const [ours, theirs] = [newId(), newId()];
    const ofPlatform = await admin(ours).post<Problem>(RULES, { scope: 'platform', basis: 'SALE', rate: 1 });
    expect(ofPlatform.status).toBe(403);
    expect((await admin(ours).post(RULES, { scope: 'business', scopeId: theirs, basis: 'SALE', rate: 1 })).status).toBe(
      403,
    );
    const made = await admin(ours).post<Rule>(RULES, { scope: 'business', scopeId: ours, basis: 'SALE', rate: 1 });
    expect(made.body).toMatchObject({ businessId: ours });
    expect((await admin(theirs).get(`${RULES}/${made.body.id}`)).status).toBe(404);
    expect((await admin(theirs).delete(`${RULES}/${made.body.id}`)).status).toBe(404);
    expect((await admin(ours).delete(`${RULES}/${made.body.id}`)).status).toBe(200);
  });
});

describe('tax rates', () => {
  const RATES = '/pricing/tax-rates';
  const rate = { hsnPrefix: '9999', rate: 5, description: 'For this test', validFrom: '2026-01-01T00:00:00.000Z' };

  it('are seeded with the rates since September 2025', async () => {
    const { body } = await admin().get<{ data: Rule[] }>(`${RATES}?take=100&at=2025-10-01T00:00:00Z`);
    expect(new Set(body.data.map((one) => one.rate))).toEqual(new Set([0, 5, 18, 40]));
    const before = await admin().get<{ total: number }>(`${RATES}?at=2025-09-21T00:00:00Z`);
    expect(before.body.total).toBe(0);
  });

  it('change what the next quote holds, and are ended rather than rewritten', async () => {
    const fact = productFact({ hsn: '99991234' });
    pricing.catalogue.answers.set(`/internal/products/${fact.productId}`, { ...fact, version: 1 });
    const taxRate = async () => {
      const items = [{ productId: fact.productId, quantity: 1 }];
      const { body } = await pricing.client
        .anonymous()
        .post<{ items: { taxRate: number }[] }>('/pricing/calculate', { items });
      return body.items[0]?.taxRate;
    };
    expect(await taxRate()).toBe(18);
    const made = await admin().post<Rule>(RATES, rate);
    expect([made.status, await taxRate()]).toEqual([201, 5]);
    const again = await admin().post<Problem>(RATES, { ...rate, rate: 40 });
    expect([again.status, again.body.code]).toEqual([409, 'TAX_RATE_EXISTS']);
    expect((await admin().patch(`${RATES}/${made.body.id}`, { rate: 40 })).status).toBe(400);
    const ended = await admin().patch(`${RATES}/${made.body.id}`, { validTo: '2026-01-02T00:00:00Z' });
    expect(ended.body).toMatchObject({ rate: 5, version: 2, validTo: '2026-01-02T00:00:00.000Z' });
    const stale = admin().with({ 'if-match': '"1"' });
    expect((await stale.patch<Problem>(`${RATES}/${made.body.id}`, { validTo: null })).body.code).toBe(
      'VERSION_MISMATCH',
    );
    expect(await taxRate()).toBe(18);
    expect(await audited(made.body.id)).toMatchObject([{ action: 'TAX_RATE_CREATED' }, { action: 'TAX_RATE_CHANGED' }]);
  });

  it('are the platform’s: an ADMIN of one business reads them only', async () => {
    const ofBusiness = admin(newId());
    expect((await ofBusiness.get(RATES)).status).toBe(200);
    expect((await ofBusiness.post(RATES, { ...rate, hsnPrefix: '9998' })).status).toBe(403);
    expect((await admin().patch(`${RATES}/${newId()}`, { description: 'none' })).status).toBe(404);
  });
});

describe('what decides money', () => {
  it('is changed only by administrators who still are', async () => {
    const dismissed = newId();
    const person = pricing.client.as({ userId: dismissed, roles: ['ADMIN'] });
    const { body: rule } = await create({ scope: 'seller', scopeId: newId(), basis: 'SALE', rate: 5 });
    pricing.accounts.dismissed.add(dismissed);
    const newRule = { scope: 'seller', scopeId: newId(), basis: 'SALE', rate: 90 };
    for (const answer of [
      await person.post(RULES, newRule),
      await person.patch(`${RULES}/${rule.id}`, { rate: 90 }),
      await person.delete(`${RULES}/${rule.id}`),
      await person.post('/pricing/tax-rates', { hsn: '9999', rate: 0 }),
      await person.patch(`/pricing/tax-rates/${newId()}`, { rate: 0 }),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    }
    expect((await admin().get<Rule>(`${RULES}/${rule.id}`)).body).toMatchObject({ rate: 5, isActive: true });
  });
});
