import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_BUSINESS_ID, DEFAULT_TENANT_ID } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { makeAdmin, register, startAuth, type AuthTest } from './auth-fixture.js';

let auth: AuthTest;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

async function customer(over: Record<string, unknown> = {}): Promise<string> {
  const id = newId();
  const row = { id, business_id: DEFAULT_BUSINESS_ID, tenant_id: DEFAULT_TENANT_ID, source: 'MANUAL', ...over };
  const names = Object.keys(row);
  await auth.db.query(
    `insert into customers (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(row),
  );
  return id;
}

describe('/internal/customers/:id', () => {
  it('tells order who the customer is, and no other service', async () => {
    const userId = newId();
    const id = await customer({ name: 'Rahul', phone: '+919800000101', email: 'rahul@example.com', user_id: userId });
    const known = {
      id,
      businessId: DEFAULT_BUSINESS_ID,
      userId,
      name: 'Rahul',
      email: 'rahul@example.com',
      phone: '+919800000101',
    };
    const path = `/internal/customers/${id}`;
    const { status, body } = await auth.client.asService('order').get(path);
    expect([status, body]).toEqual([200, known]);
    for (const service of ['payment', 'wallet'] as const) {
      expect((await auth.client.asService(service).get(path)).status).toBe(403);
    }
  });

  it('knows nobody who was deleted, and nobody unknown', async () => {
    const order = auth.client.asService('order');
    const deleted = await customer({ deleted_at: new Date() });
    const answers = await Promise.all([
      order.get(`/internal/customers/${deleted}`),
      order.get(`/internal/customers/${newId()}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });
});

describe('/internal/users/count', () => {
  it('counts whom the administrators of a business see, and everybody without one', async () => {
    const businessId = newId();
    const count = async (query: string) =>
      (await auth.client.asService('order').get<{ count: number }>(`/internal/users/count${query}`)).body.count;
    const [all, ofDefault] = [await count(''), await count(`?businessId=${DEFAULT_BUSINESS_ID}`)];
    await register(auth);
    await makeAdmin(auth);
    await makeAdmin(auth, businessId);
    expect(await count('')).toBe(all + 3);
    expect(await count(`?businessId=${DEFAULT_BUSINESS_ID}`)).toBe(ofDefault + 1);
    expect(await count(`?businessId=${businessId}`)).toBe(1);
    expect((await auth.client.anonymous().get('/internal/users/count')).status).toBe(401);
  });
});
