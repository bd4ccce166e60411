import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_BUSINESS_ID, DEFAULT_TENANT_ID } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { eventually, type TestClient } from '@reseller/testing';
import { eventsOf, makeAdmin, startAuth, type AuthTest, type PageBody, type ProblemBody } from './auth-fixture.js';

interface Named {
  readonly id: string;
  readonly name: string;
  readonly tenantId?: string;
}

let auth: AuthTest;
let admin: TestClient;
beforeAll(async () => {
  auth = await startAuth();
  admin = auth.client.as(await makeAdmin(auth));
});
afterAll(() => auth.stop());

const newTenant = async () => (await admin.post<Named>('/tenants', { name: `Tenant ${newId()}` })).body;

describe('/tenants', () => {
  it('has the default one, opens others, lists and finds them, and records who opened them', async () => {
    const { status, body } = await admin.post<Named>('/tenants', { name: ' Rao Group ' });
    expect([status, body]).toMatchObject([201, { name: 'Rao Group' }]);
    expect((await admin.get(`/tenants/${body.id}`)).body).toEqual(body);
    const { data, total } = (await admin.get<PageBody<Named>>('/tenants?sort=createdAt')).body;
    expect(total).toBe(data.length);
    expect(data.map(({ id }) => id)).toEqual([DEFAULT_TENANT_ID, body.id]);
    expect((await admin.get<PageBody<Named>>('/tenants?q=rao')).body.data).toEqual([body]);
    expect(await eventsOf(auth, 'ADMIN_ACTION_RECORDED', body.id)).toMatchObject([
      { data: { action: 'TENANT_CREATED' } },
    ]);
    expect((await admin.get(`/tenants/${newId()}`)).status).toBe(404);
    expect((await admin.post('/tenants', { name: '' })).status).toBe(400);
  });

  it('has businesses, and their customers, under it', async () => {
    const { id } = await newTenant();
    const business = await admin.post<Named>('/businesses', { name: 'Under it', tenantId: id });
    expect([business.status, business.body.tenantId]).toEqual([201, id]);
    const [told] = await eventsOf(auth, 'BUSINESS_CREATED', business.body.id);
    expect(told?.data['tenantId']).toBe(id);
    const listed = await admin.get<PageBody<Named>>(`/businesses?tenantId=${id}`);
    expect(listed.body.data.map((row) => row.id)).toEqual([business.body.id]);
    const named = { businessId: business.body.id, tenantId: id };
    const customer = await admin.post<Named>('/customers', { ...named, name: 'Asha', phone: '+919800000777' });
    expect(customer.body).toMatchObject(named);
    const other = { ...named, tenantId: DEFAULT_TENANT_ID };
    const refused = await admin.post<ProblemBody>('/customers', { ...other, name: 'Ravi', phone: '+919800000778' });
    expect([refused.status, refused.body.code]).toEqual([422, 'TENANT_MISMATCH']);
  });

  it('must be there for a business', async () => {
    const answer = await admin.post<ProblemBody>('/businesses', { name: 'Nowhere', tenantId: newId() });
    expect([answer.status, answer.body.code]).toEqual([422, 'TENANT_NOT_FOUND']);
  });

  it('are for administrators of the whole platform, in the audit log as well', async () => {
    const { id } = await newTenant();
    const limited = auth.client.as(await makeAdmin(auth, DEFAULT_BUSINESS_ID));
    const answers = await Promise.all([
      limited.get('/tenants'),
      limited.get(`/tenants/${id}`),
      limited.post('/tenants', { name: 'Mine' }),
      limited.post('/businesses', { name: 'Mine', tenantId: id }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    const recorded = `/admin/audit-logs?subjectId=${id}`;
    await eventually(async () => expect((await admin.get<PageBody<Named>>(recorded)).body.total).toBe(1));
    expect((await limited.get<PageBody<Named>>(recorded)).body.total).toBe(0);
  });
});

describe('the audit log', () => {
  it('shows what an administrator of all did to an account to those of its business, and to no other', async () => {
    const business = (await admin.post<Named>('/businesses', { name: 'Theirs' })).body.id;
    const theirs = await makeAdmin(auth, business);
    await admin.patch(`/admin/users/${theirs.userId}`, { firstName: 'Renamed' });
    const recorded = `/admin/audit-logs?subjectId=${theirs.userId}`;
    const totalFor = async (client: TestClient) => (await client.get<PageBody<Named>>(recorded)).body.total;
    await eventually(async () => expect(await totalFor(admin)).toBe(1));
    expect(await totalFor(auth.client.as(theirs))).toBe(1);
    expect(await totalFor(auth.client.as(await makeAdmin(auth, DEFAULT_BUSINESS_ID)))).toBe(0);
  });
});
