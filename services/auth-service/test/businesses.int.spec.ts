import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { businessSchema, DEFAULT_BUSINESS_ID, DEFAULT_BUSINESS_SETTINGS, DEFAULT_TENANT_ID } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { type TestClient } from '@reseller/testing';
import {
  eventsOf,
  makeAdmin,
  personOf,
  register,
  startAuth,
  type AuthTest,
  type PageBody,
  type ProblemBody,
} from './auth-fixture.js';

interface BusinessBody {
  readonly id: string;
  readonly name: string;
  readonly isActive: boolean;
  readonly settings: Record<string, unknown>;
}

let auth: AuthTest;
let admin: TestClient;
beforeAll(async () => {
  auth = await startAuth();
  admin = auth.client.as(await makeAdmin(auth));
});
afterAll(() => auth.stop());

const create = (body: Record<string, unknown>) => admin.post<BusinessBody>('/businesses', body);

describe('/businesses', () => {
  it('has the default business, with the settings that every service assumes', async () => {
    const { body } = await auth.client
      .asService('pricing')
      .get<Record<string, unknown>>(`/internal/businesses/${DEFAULT_BUSINESS_ID}`);
    expect(businessSchema.parse(body)).toEqual({
      businessId: DEFAULT_BUSINESS_ID,
      tenantId: DEFAULT_TENANT_ID,
      name: 'Default business',
      isActive: true,
      settings: DEFAULT_BUSINESS_SETTINGS,
    });
  });

  it('opens one with settings in rupees and percent, and tells the others in paise and basis points', async () => {
    const settings = {
      pricesIncludeTax: false,
      defaultTaxRatePercent: 12.5,
      shippingFee: 49.99,
      maxMarginPercent: 150,
      state: 'KA',
      paymentWindowMinutes: 30,
      paymentFailurePolicy: 'CANCEL',
      returnWindowDays: 14,
    };
    const { status, body } = await create({ name: ' Rao Textiles ', settings });
    expect([status, body]).toMatchObject([
      201,
      {
        name: 'Rao Textiles',
        isActive: true,
        settings: { ...settings, cashOnDelivery: true, selfPurchaseCommission: false },
      },
    ]);
    const [event] = await eventsOf(auth, 'BUSINESS_CREATED', body.id);
    expect(event).toMatchObject({
      businessId: body.id,
      aggregateVersion: 1,
      data: {
        settings: {
          pricesIncludeTax: false,
          defaultTaxRateBps: 1250,
          shippingFeePaise: 4999,
          maxMarginBps: 15000,
          paymentWindowMinutes: 30,
          paymentFailurePolicy: 'CANCEL',
          returnWindowDays: 14,
        },
      },
    });
  });

  it('changes what is named, in a new version, and records before and after', async () => {
    const { body } = await create({ name: 'Before', settings: { shippingFee: 50 } });
    const path = `/businesses/${body.id}`;
    const changed = await admin.patch<BusinessBody>(path, { settings: { shippingFee: 0 }, reason: 'Festival' });
    expect([changed.status, changed.body]).toMatchObject([
      200,
      { name: 'Before', settings: { shippingFee: 0, maxMarginPercent: 200 } },
    ]);
    const [event] = await eventsOf(auth, 'BUSINESS_UPDATED', body.id);
    expect(event).toMatchObject({ aggregateVersion: 2, data: { settings: { shippingFeePaise: 0 } } });
    const recorded = (await eventsOf(auth, 'ADMIN_ACTION_RECORDED')).filter(
      ({ data }) => data['subjectId'] === body.id,
    );
    expect(recorded.map(({ data }) => [data['action'], data['reason']])).toEqual([
      ['BUSINESS_CREATED', null],
      ['BUSINESS_CHANGED', 'Festival'],
    ]);
    await admin.patch(path, { settings: { shippingFee: 0 } });
    expect(await eventsOf(auth, 'BUSINESS_UPDATED', body.id)).toHaveLength(1);
  });

  it('changes only the version that was meant, by If-Match or in the body', async () => {
    const { body } = await create({ name: 'First' });
    const path = `/businesses/${body.id}`;
    const etag = (await admin.get(path)).headers.get('etag') ?? '';
    expect(etag).toBe('"1"');
    expect((await admin.patch(path, { name: 'A' }, { 'if-match': etag })).headers.get('etag')).toBe('"2"');
    const refused = [
      await admin.patch<ProblemBody>(path, { name: 'B' }, { 'if-match': etag }),
      await admin.patch<ProblemBody>(path, { name: 'B', version: 1 }),
      await admin.patch<ProblemBody>(path, { name: 'B', version: 2 }, { 'if-match': etag }),
    ];
    expect(refused.map(({ status, body: { code } }) => [status, code])).toEqual(
      Array(3).fill([412, 'VERSION_MISMATCH']),
    );
    expect((await admin.patch(path, { name: 'C', version: 2 })).body).toMatchObject({ name: 'C', version: 3 });
    const names = ['D', 'E', 'F', 'G'];
    const answers = await Promise.all(names.map((name) => admin.patch(path, { name, version: 3 })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412]);
  });

  it('gives every one of many simultaneous changes its own version', async () => {
    const { body } = await create({ name: 'Busy' });
    const fees = [1, 2, 3, 4, 5, 6];
    await Promise.all(fees.map((shippingFee) => admin.patch(`/businesses/${body.id}`, { settings: { shippingFee } })));
    const versions = (await eventsOf(auth, 'BUSINESS_UPDATED', body.id)).map(
      ({ aggregateVersion }) => aggregateVersion,
    );
    expect(versions).toEqual([2, 3, 4, 5, 6, 7]);
  });

  it('keeps the default business open', async () => {
    const answer = await admin.patch<ProblemBody>(`/businesses/${DEFAULT_BUSINESS_ID}`, { isActive: false });
    expect([answer.status, answer.body.code]).toEqual([422, 'DEFAULT_BUSINESS_REQUIRED']);
  });

  it('lists and searches', async () => {
    const name = `Shop ${newId()}`;
    await create({ name });
    const { body } = await admin.get<PageBody<BusinessBody>>(
      `/businesses?q=${encodeURIComponent(name.toLowerCase())}&sort=name`,
    );
    expect(body).toMatchObject({ total: 1, data: [{ name }] });
  });

  it.each([
    ['three decimals of a percent', { settings: { defaultTaxRatePercent: 12.345 } }],
    ['three decimals of a rupee', { settings: { shippingFee: 1.005 } }],
    ['a negative fee', { settings: { shippingFee: -1 } }],
    ['a tax above 100 %', { settings: { defaultTaxRatePercent: 100.01 } }],
    ['an unknown setting', { settings: { currency: 'USD' } }],
    ['an unknown field', { owner: newId() }],
  ])('refuses %s', async (_, extra) => {
    expect((await create({ name: 'Shop', ...extra })).status).toBe(400);
  });

  it('is for administrators, and one of another business does not see it', async () => {
    const { body } = await create({ name: 'Mine' });
    const path = `/businesses/${body.id}`;
    expect((await auth.client.as(personOf(await register(auth))).get(path)).status).toBe(403);
    const limited = auth.client.as(await makeAdmin(auth, DEFAULT_BUSINESS_ID));
    expect((await limited.get(path)).status).toBe(404);
    expect((await limited.patch(path, { name: 'Theirs' })).status).toBe(404);
    expect((await limited.get<PageBody<BusinessBody>>('/businesses')).body.data.map(({ id }) => id)).toEqual([
      DEFAULT_BUSINESS_ID,
    ]);
    expect((await admin.get(`/businesses/${newId()}`)).status).toBe(404);
  });
});
