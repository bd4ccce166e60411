import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_BUSINESS_ID, DEFAULT_TENANT_ID } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { type TestClient } from '@reseller/testing';
import { makeAdmin, personOf, register, type PageBody, type ProblemBody } from './auth-fixture.js';
import {
  create,
  CustomersFixture,
  made,
  newPhone,
  type CustomerBody,
  type CustomerPage,
  type Problem,
} from './customers-fixture.js';

let fixture: CustomersFixture;
let platformAdmin: TestClient;
beforeAll(async () => {
  fixture = await CustomersFixture.start();
  ({ platformAdmin } = fixture);
});
afterAll(() => fixture.stop());

describe('POST /customers', () => {
  it('adds the customer of the first message, with the phone in E.164 and a score of 10', async () => {
    const { businessId, admin, actorId } = await fixture.shop();
    const { status, body } = await admin.post<CustomerBody>('/customers', {
      businessId,
      tenantId: DEFAULT_TENANT_ID,
      name: 'Rahul Sharma',
      phone: '919876543210',
      email: 'Rahul.Sharma@example.com',
      whatsappNumber: '919876543210',
      source: 'whatsapp',
    });
    expect([status, body]).toMatchObject([
      201,
      {
        businessId,
        tenantId: DEFAULT_TENANT_ID,
        name: 'Rahul Sharma',
        phone: '+919876543210',
        email: 'rahul.sharma@example.com',
        whatsappNumber: '+919876543210',
        source: 'WHATSAPP',
        userId: null,
        totalOrders: 0,
        totalSpent: 0,
        lastOrderDate: null,
        engagementScore: 10,
        segment: 'NEW',
        version: 1,
      },
    ]);
    expect((await admin.get(`/customers/${body.id}`)).body).toEqual(body);
    const actions = await fixture.actionsOn(body.id);
    expect(actions).toMatchObject([{ action: 'CUSTOMER_CREATED', actorId, businessId, before: null }]);
    expect(JSON.stringify(actions)).not.toMatch(/Sharma|98765/i);
  });

  it.each(['919876543210', '+91 98765 43210', '09876543210', '9876543210', '0091-98765-43210'])(
    'takes %s for one telephone, and says whose it is',
    async (phone) => {
      const { admin } = await fixture.shop();
      const first = await made(admin, { phone: '+919876543210' });
      const again = await admin.post<Problem>('/customers', { name: 'Somebody else', phone });
      expect([again.status, again.body.code, again.body.details?.customerId]).toEqual([
        409,
        'CUSTOMER_EXISTS',
        first.id,
      ]);
    },
  );

  it('lets two businesses have the same person', async () => {
    const phone = newPhone();
    const [one, other] = [await fixture.shop(), await fixture.shop()];
    expect((await made(one.admin, { phone })).id).not.toBe((await made(other.admin, { phone })).id);
  });

  it.each([
    ['a phone that is none', { phone: '12345' }, 'phone'],
    ['an Indian number with a digit too few', { phone: '+91 98765 4321' }, 'phone'],
    ['no phone', { phone: undefined }, 'phone'],
    ['no name', { name: ' ' }, 'name'],
    ['an email that is none', { email: 'rahul@' }, 'email'],
    ['a whatsapp number that is none', { whatsappNumber: 'yes' }, 'whatsappNumber'],
    ['figures of its own', { totalSpent: 1_000_000 }, ''],
  ])('refuses %s with a 400 that names it', async (_, fields, path) => {
    const answer = await platformAdmin.post<ProblemBody>('/customers', { name: 'R', phone: newPhone(), ...fields });
    expect([answer.status, answer.body.code, answer.body.errors?.[0]?.path]).toEqual([400, 'VALIDATION_FAILED', path]);
  });

  it('adds to the default business where nobody names one, and to any for the administrator of all', async () => {
    expect(await made(platformAdmin)).toMatchObject({ businessId: DEFAULT_BUSINESS_ID, tenantId: DEFAULT_TENANT_ID });
    const { businessId, admin } = await fixture.shop();
    expect(await made(platformAdmin, { businessId })).toMatchObject({ businessId });
    expect(await made(admin)).toMatchObject({ businessId });
  });

  it('takes neither a foreign business, nor one that is not there, nor a foreign tenant', async () => {
    const { businessId, admin } = await fixture.shop();
    const foreign = await create(admin, { businessId: DEFAULT_BUSINESS_ID });
    const unknown = await create(platformAdmin, { businessId: newId() });
    const tenant = await create(admin, { businessId, tenantId: newId() });
    expect([foreign.status, unknown.status, tenant.status]).toEqual([403, 422, 422]);
  });
});

describe('POST /customers/find-or-create', () => {
  it('makes one, then finds it as it is', async () => {
    const { admin } = await fixture.shop();
    const phone = newPhone();
    const path = '/customers/find-or-create';
    const first = await admin.post<CustomerBody>(path, { phone, name: 'Rahul', whatsappNumber: phone });
    const second = await admin.post<CustomerBody>(path, { phone: phone.slice(3), name: 'Another name' });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(first.body).toMatchObject({ name: 'Rahul', source: 'WHATSAPP' });
    expect(await fixture.actionsOn(first.body.id)).toHaveLength(1);
  });

  it('makes one customer of many requests at once', async () => {
    const { admin } = await fixture.shop();
    const body = { phone: newPhone(), name: 'Rahul' };
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => admin.post<CustomerBody>('/customers/find-or-create', body)),
    );
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array.from({ length: 11 }, () => 200), 201]);
    expect((await admin.get<CustomerPage>('/customers')).body.total).toBe(1);
  });
});

describe('PUT /customers/:id', () => {
  it('changes what is said, clears with null, and records it without the person', async () => {
    const { admin, actorId } = await fixture.shop();
    const before = await made(admin, { email: 'old@example.com', notes: 'tall' });
    const phone = newPhone();
    const changed = await admin.put<CustomerBody>(`/customers/${before.id}`, {
      name: 'Updated Name',
      phone,
      email: null,
      reason: 'They rang',
    });
    expect([changed.status, changed.body]).toMatchObject([
      200,
      { name: 'Updated Name', phone, email: null, notes: 'tall', version: 2 },
    ]);
    const [, action] = await fixture.actionsOn(before.id);
    expect(action).toMatchObject({
      action: 'CUSTOMER_CHANGED',
      actorId,
      reason: 'They rang',
      before: { email: 'o…@example.com' },
    });
    await admin.put(`/customers/${before.id}`, { name: 'Updated Name' });
    expect(await fixture.actionsOn(before.id)).toHaveLength(2);
  });

  it('refuses the phone of another, and says whose', async () => {
    const { admin } = await fixture.shop();
    const [one, other] = [await made(admin), await made(admin)];
    const answer = await admin.put<Problem>(`/customers/${one.id}`, { phone: other.phone });
    expect([answer.status, answer.body.code, answer.body.details?.customerId]).toEqual([
      409,
      'CUSTOMER_EXISTS',
      other.id,
    ]);
    expect((await admin.get<CustomerBody>(`/customers/${one.id}`)).body).toEqual(one);
  });

  it('changes only the version that was meant, by If-Match or in the body', async () => {
    const { admin } = await fixture.shop();
    const { id } = await made(admin);
    const path = `/customers/${id}`;
    const etag = (await admin.get(path)).headers.get('etag') ?? '';
    expect((await admin.put(path, { name: 'A' }, { 'if-match': etag })).status).toBe(200);
    expect((await admin.put(path, { name: 'B' }, { 'if-match': '"1"' })).status).toBe(412);
    expect((await admin.put(path, { name: 'B', version: 1 })).status).toBe(412);
    expect((await admin.put(path, { name: 'B', version: 2 })).status).toBe(200);
    expect((await admin.put(path, { name: 'C' }, { 'if-match': 'what' })).status).toBe(412);
    expect((await admin.delete(path, { 'if-match': '"1"' })).status).toBe(412);
  });

  it('lets one of many changes to the same version through', async () => {
    const { admin } = await fixture.shop();
    const { id } = await made(admin);
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => admin.put(`/customers/${id}`, { name: `N${index}`, version: 1 })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412, 412, 412]);
  });
});

describe('the engagement score', () => {
  it('moves within 0 and 100, and keeps who, why, before and after', async () => {
    const { admin, actorId } = await fixture.shop();
    const { id } = await made(admin);
    const path = `/customers/${id}/engagement`;
    const moves: readonly [number, number][] = [
      [5, 15],
      [-40, 0],
      [100, 100],
      [7, 100],
    ];
    for (const [delta, expected] of moves) {
      const answer = await admin.patch<CustomerBody>(path, { delta, reason: `by ${delta}` });
      expect([answer.status, answer.body.engagementScore]).toEqual([200, expected]);
    }
    const { body } = await admin.get<PageBody<Record<string, unknown>>>(`${path}?sort=occurredAt`);
    expect(body.total).toBe(4);
    expect(body.data.map(({ before, after, reason }) => [before, after, reason])).toEqual([
      [10, 15, 'by 5'],
      [15, 0, 'by -40'],
      [0, 100, 'by 100'],
      [100, 100, 'by 7'],
    ]);
    expect(body.data[0]).toMatchObject({ actor: actorId, orderId: null });
    expect(await fixture.actionsOn(id)).toContainEqual(
      expect.objectContaining({ action: 'CUSTOMER_ENGAGEMENT_CHANGED', reason: 'by 5' }),
    );
  });

  it('loses none of many moves at once', async () => {
    const { admin } = await fixture.shop();
    const { id } = await made(admin);
    await Promise.all(Array.from({ length: 10 }, () => admin.patch(`/customers/${id}/engagement`, { delta: 3 })));
    expect((await admin.get<CustomerBody>(`/customers/${id}`)).body.engagementScore).toBe(40);
  });

  it.each([{ delta: 0 }, { delta: 1.5 }, { delta: 101 }, { delta: '5' }, {}])('refuses %j', async (body) => {
    const { id } = await made(platformAdmin);
    expect((await platformAdmin.patch(`/customers/${id}/engagement`, body)).status).toBe(400);
  });
});

describe('DELETE /customers/:id', () => {
  it('takes the person out of one without orders too, and frees the phone', async () => {
    const { admin, actorId } = await fixture.shop();
    const { id, phone } = await made(admin);
    await admin.patch(`/customers/${id}/engagement`, { delta: 1 });
    expect((await admin.delete(`/customers/${id}`)).status).toBe(204);
    expect((await admin.get(`/customers/${id}`)).status).toBe(404);
    expect((await admin.delete(`/customers/${id}`)).status).toBe(404);
    const [row] = await fixture.auth.db.query<Record<string, unknown>>('select * from customers where id = $1', [id]);
    expect(row).toMatchObject({ name: null, phone: null, deleted_at: expect.any(Date) });
    expect(await fixture.actionsOn(id)).toContainEqual(
      expect.objectContaining({ action: 'CUSTOMER_DELETED', actorId, after: null }),
    );
    expect((await made(admin, { phone })).id).not.toBe(id);
  });

  it('takes the person out of one with orders, keeps the figures, and frees the phone', async () => {
    const { admin, businessId } = await fixture.shop();
    const { id, phone } = await made(admin, { email: 'me@example.com', notes: 'secret' });
    await fixture.auth.db.query(
      'insert into customer_order_facts (order_id, business_id, customer_id, paid_at, total_paise) values ($1, $2, $3, now(), 100)',
      [newId(), businessId, id],
    );
    await admin.patch(`/customers/${id}/engagement`, { delta: 1, reason: 'Mrs Rao rang' });
    expect((await admin.delete(`/customers/${id}`)).status).toBe(204);
    expect((await admin.get(`/customers/${id}`)).status).toBe(404);
    expect((await admin.put(`/customers/${id}`, { name: 'Back' })).status).toBe(404);
    expect((await admin.get<CustomerPage>('/customers')).body.total).toBe(0);
    const [row] = await fixture.auth.db.query<Record<string, unknown>>('select * from customers where id = $1', [id]);
    expect(row).toMatchObject({ name: null, phone: null, email: null, notes: null, engagement_score: 11 });
    const reasons = await fixture.auth.db.query(
      'select reason from customer_engagement_changes where customer_id = $1',
      [id],
    );
    expect(reasons).toEqual([{ reason: null }]);
    expect((await made(admin, { phone })).id).not.toBe(id);
  });
});

describe('customers', () => {
  it('are for administrators', async () => {
    const someone = fixture.auth.client.as(personOf(await register(fixture.auth)));
    const { id } = await made(platformAdmin);
    const answers = await Promise.all([
      someone.get('/customers'),
      someone.get(`/customers/${id}`),
      create(someone),
      someone.delete(`/customers/${id}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect((await fixture.auth.client.anonymous().get('/customers')).status).toBe(401);
  });

  it('are changed by nobody who was dismissed since the token was made', async () => {
    const { businessId } = await fixture.shop();
    const dismissed = await makeAdmin(fixture.auth, businessId);
    await fixture.auth.db.query(`update users set roles = '{CUSTOMER}' where id = $1`, [dismissed.userId]);
    expect((await create(fixture.auth.client.as(dismissed))).status).toBe(403);
  });

  it('of another business are nobody’s to see, change or count', async () => {
    const [mine, theirs] = [await fixture.shop(), await fixture.shop()];
    const { id } = await made(theirs.admin, { name: 'Theirs' });
    const path = `/customers/${id}`;
    const answers = await Promise.all([
      mine.admin.get(path),
      mine.admin.put(path, { name: 'Mine' }),
      mine.admin.patch(`${path}/engagement`, { delta: 1 }),
      mine.admin.get(`${path}/engagement`),
      mine.admin.delete(path),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    expect((await mine.admin.get<CustomerPage>('/customers')).body.total).toBe(0);
    expect((await mine.admin.get<CustomerPage>('/customers/top')).body.total).toBe(0);
    expect((await mine.admin.get<{ total: number }>('/customers/segments')).body.total).toBe(0);
    for (const list of ['/customers', '/customers/top', '/customers/segments']) {
      expect((await mine.admin.get(`${list}?businessId=${theirs.businessId}`)).status).toBe(403);
    }
    const { data } = (await platformAdmin.get<CustomerPage>(`/customers?businessId=${theirs.businessId}`)).body;
    expect(data.map((customer) => customer.id)).toEqual([id]);
    expect((await platformAdmin.get(path)).status).toBe(200);
  });
});
