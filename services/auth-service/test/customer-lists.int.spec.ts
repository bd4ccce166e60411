import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { type TestClient } from '@reseller/testing';
import { customerSearchSql } from '../src/customers/customer-search.js';
import { CustomersFixture, made, type CustomerPage } from './customers-fixture.js';

let fixture: CustomersFixture;
let platformAdmin: TestClient;
beforeAll(async () => {
  fixture = await CustomersFixture.start();
  ({ platformAdmin } = fixture);
});
afterAll(() => fixture.stop());

describe('GET /customers', () => {
  it('finds by part of a name, an email or a phone, with % and _ as letters', async () => {
    const { admin } = await fixture.shop();
    const asha = await made(admin, { name: 'Asha 100%', phone: '+919811112222', email: 'asha_r@example.com' });
    await made(admin, { name: 'Ravi', phone: '+919833334444', email: 'ravi@example.com' });
    const found = async (q: string) =>
      (await admin.get<CustomerPage>(`/customers?q=${encodeURIComponent(q)}`)).body.data.map(({ id }) => id);
    for (const q of ['aSHA', '100%', 'asha_r@', '98111 12222', '09811112222', '1111222']) {
      expect([q, await found(q)]).toEqual([q, [asha.id]]);
    }
    expect(await found('1%0')).toEqual([]);
  });

  it('searches by the index on parts of words, whatever the list’s order', async () => {
    const nothing = { segment: null, userId: null, minSpentPaise: null, maxSpentPaise: null };
    const filter = {
      ...nothing,
      businessId: null,
      q: '98111',
      qDigits: '98111',
      lastOrderFrom: null,
      lastOrderTo: null,
    };
    const { page, pageParams, count, countParams } = customerSearchSql(filter, {
      field: 'totalSpent',
      descending: true,
      skip: 0,
      take: 20,
      after: null,
    });
    for (const [text, params, isSorted] of [
      [page, pageParams, true],
      [count, countParams, false],
    ] as const) {
      const plan = await fixture.auth.app.get(Database).sqlTransaction(async (tx) => {
        // A table of tests is too small to be worth an index.
        await tx.query('set local enable_seqscan = off');
        await tx.query('set local enable_indexscan = off');
        return tx.query(`explain ${text}`, [...params]);
      });
      expect(JSON.stringify(plan)).toContain('customers_search');
      expect(JSON.stringify(plan).includes('Sort')).toBe(isSorted);
    }
  });

  it('takes the query strings that 000 writes, with its names beside ours', async () => {
    const { admin, businessId } = await fixture.shop();
    const [small, big] = [await made(admin, { name: 'small' }), await made(admin, { name: 'big' })];
    await fixture.ordered(small.id, { orders: 1, spent: 100, daysAgo: 1 });
    await fixture.ordered(big.id, { orders: 2, spent: 200, daysAgo: 1 });
    const names = async (path: string) => {
      const { status, body } = await admin.get<CustomerPage>(path);
      return [status, ...(body.data ?? []).map(({ name }) => name)];
    };
    const list = `/customers?business_id=${businessId}&page=1&limit=20`;
    expect(await names(`${list}&sort_by=created_at&order=desc`)).toEqual([200, 'big', 'small']);
    expect(await names(`${list}&sort_by=total_spent&order=asc&min_spent=150&segment=active`)).toEqual([200, 'big']);
    expect(await names(`/customers/top?business_id=${businessId}&limit=10&sort_by=total_spent`)).toEqual([
      200,
      'big',
      'small',
    ]);
    const segments = await admin.get<{ total: number }>(`/customers/segments?business_id=${businessId}`);
    expect(segments).toMatchObject({ status: 200, body: { total: 2 } });
    expect(await names(`/customers?business_id=${newId()}`)).toEqual([403]);
    expect(await names(`${list}&sort_by=phone`)).toEqual([400]);
  });

  it('filters by money, last order, segment and account', async () => {
    const { admin, businessId } = await fixture.shop();
    const userId = newId();
    const ids: Record<string, string> = {};
    for (const name of ['none', 'small', 'big']) ids[name] = (await made(admin, { name })).id;
    await fixture.ordered(ids['small'] ?? '', { orders: 1, spent: 100.5, daysAgo: 10 });
    await fixture.ordered(ids['big'] ?? '', { orders: 6, spent: 60_000, daysAgo: 100 });
    await fixture.auth.db.query('update customers set user_id = $2 where id = $1', [ids['big'], userId]);
    const names = async (query: string) =>
      (await admin.get<CustomerPage>(`/customers?${query}&sort=totalSpent`)).body.data.map(({ name }) => name);
    const day = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString();
    expect(await names('minSpent=100.50')).toEqual(['small', 'big']);
    expect(await names('maxSpent=100.50')).toEqual(['none', 'small']);
    expect(await names('minSpent=100.51&maxSpent=59999.99')).toEqual([]);
    expect(await names(`lastOrderFrom=${day(20)}`)).toEqual(['small']);
    expect(await names(`lastOrderTo=${day(20)}`)).toEqual(['big']);
    expect(await names('segment=at_risk')).toEqual(['big']);
    expect(await names(`userId=${userId}`)).toEqual(['big']);
    expect(await names(`businessId=${businessId}&segment=NEW`)).toEqual(['none']);
  });

  it.each(['createdAt', 'totalSpent', 'totalOrders', 'lastOrderDate', 'engagementScore'])(
    'pages through all by %s, both ways, by pages and by cursor alike, and none twice',
    async (field) => {
      const { admin } = await fixture.shop();
      for (let index = 0; index < 7; index += 1) {
        const { id } = await made(admin, { name: `C${index}` });
        if (index > 1)
          await fixture.ordered(id, { orders: index % 3 || 1, spent: (index % 3) * 100, daysAgo: index % 4 });
        if (index > 4) await admin.patch(`/customers/${id}/engagement`, { delta: 5 });
      }
      for (const sort of [field, `-${field}`]) {
        const whole = (await admin.get<CustomerPage>(`/customers?sort=${sort}`)).body.data.map(({ id }) => id);
        expect(whole).toHaveLength(7);
        const byCursor: string[] = [];
        let cursor: string | null = '';
        while (cursor !== null) {
          const path: string = `/customers?sort=${sort}&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`;
          const { body } = await admin.get<CustomerPage>(path);
          expect(body).toMatchObject({ total: 7, take: 3 });
          byCursor.push(...body.data.map(({ id }) => id));
          cursor = body.nextCursor;
        }
        expect(byCursor).toEqual(whole);
        const second = (await admin.get<CustomerPage>(`/customers?sort=${sort}&page=2&limit=3`)).body;
        expect(second.data.map(({ id }) => id)).toEqual(whole.slice(3, 6));
      }
      const named = await admin.get<CustomerPage>(`/customers?sortBy=${field}&order=asc`);
      const sorted = await admin.get<CustomerPage>(`/customers?sort=${field}`);
      expect(named.body.data).toEqual(sorted.body.data);
    },
  );

  it.each([
    'sort=phone',
    'limit=101',
    'limit=0',
    'page=0',
    'minSpent=1.005',
    'minSpent=abc',
    'segment=RICH',
    'lastOrderFrom=yesterday',
    'userId=1',
    'cursor=bm90IGEgY3Vyc29y',
    'unknown=1',
  ])('refuses ?%s', async (query) => {
    expect((await platformAdmin.get(`/customers?${query}`)).status).toBe(400);
  });

  it('counts to ten thousand, and says that there are more', async () => {
    const { admin, businessId } = await fixture.shop();
    const { tenantId } = await made(admin);
    const add = (rows: number) =>
      fixture.auth.db.query(
        `insert into customers (id, business_id, tenant_id, source)
         select gen_random_uuid(), $1, $2, 'IMPORT' from generate_series(1, $3::int)`,
        [businessId, tenantId, rows],
      );
    await add(9_999);
    const counted = { total: 10_000, totalIsLowerBound: false };
    expect((await admin.get<CustomerPage>('/customers?limit=1')).body).toMatchObject(counted);
    await add(1);
    const { body } = await admin.get<CustomerPage>('/customers?limit=1');
    expect(body).toMatchObject({ ...counted, totalIsLowerBound: true });
    const next = await admin.get<CustomerPage>(`/customers?limit=1&cursor=${body.nextCursor}`);
    expect(next.body).toMatchObject({ ...counted, totalIsLowerBound: true });
  });

  it('refuses the cursor of a list in another order', async () => {
    const { admin } = await fixture.shop();
    await made(admin);
    await made(admin);
    const { body } = await admin.get<CustomerPage>('/customers?limit=1&sort=totalSpent');
    expect((await admin.get(`/customers?limit=1&sort=totalOrders&cursor=${body.nextCursor}`)).status).toBe(400);
  });

  it('shows the best first, by money, orders or score', async () => {
    const { admin } = await fixture.shop();
    const [spender, regular, fan] = [await made(admin), await made(admin), await made(admin)];
    await fixture.ordered(spender.id, { orders: 1, spent: 9_000, daysAgo: 1 });
    await fixture.ordered(regular.id, { orders: 4, spent: 4_000, daysAgo: 1 });
    await admin.patch(`/customers/${fan.id}/engagement`, { delta: 50 });
    const top = async (query: string) =>
      (await admin.get<CustomerPage>(`/customers/top?${query}`)).body.data.map(({ id }) => id);
    expect(await top('')).toEqual([spender.id, regular.id, fan.id]);
    expect(await top('limit=1&sortBy=totalOrders')).toEqual([regular.id]);
    expect(await top('limit=1&sortBy=engagementScore')).toEqual([fan.id]);
    expect((await admin.get('/customers/top?limit=101')).status).toBe(400);
    expect((await admin.get('/customers/top?sortBy=name')).status).toBe(400);
  });
});

describe('GET /customers/segments', () => {
  it('puts every customer in exactly one, with the rule of each, as the list filters them', async () => {
    const { admin, businessId } = await fixture.shop();
    const cases: [string, { orders: number; spent: number; daysAgo: number } | null, number][] = [
      ['NEW', null, 0],
      ['NEW', null, 89],
      ['DORMANT', null, 91],
      ['ACTIVE', { orders: 1, spent: 100, daysAgo: 89 }, 400],
      ['ACTIVE', { orders: 4, spent: 49_999.99, daysAgo: 0 }, 0],
      ['LOYAL', { orders: 5, spent: 49_999.99, daysAgo: 1 }, 0],
      ['VIP', { orders: 1, spent: 50_000, daysAgo: 1 }, 0],
      ['VIP', { orders: 9, spent: 90_000, daysAgo: 89 }, 0],
      ['AT_RISK', { orders: 9, spent: 90_000, daysAgo: 91 }, 400],
      ['AT_RISK', { orders: 1, spent: 0, daysAgo: 179 }, 400],
      ['DORMANT', { orders: 9, spent: 90_000, daysAgo: 181 }, 400],
    ];
    for (const [name, figures, knownDaysAgo] of cases) {
      const { id } = await made(admin, { name });
      if (figures !== null) await fixture.ordered(id, figures);
      await fixture.auth.db.query('update customers set created_at = now() - make_interval(days => $2) where id = $1', [
        id,
        knownDaysAgo,
      ]);
    }
    const { body } = await admin.get<{
      businessId: string;
      total: number;
      segments: readonly { segment: string; rule: string; customers: number }[];
    }>('/customers/segments');
    expect(body).toMatchObject({ businessId, total: 11 });
    expect(body.segments.map(({ segment, customers }) => [segment, customers])).toEqual([
      ['NEW', 2],
      ['ACTIVE', 2],
      ['LOYAL', 1],
      ['VIP', 2],
      ['AT_RISK', 2],
      ['DORMANT', 2],
    ]);
    for (const { segment, rule } of body.segments) {
      expect(rule).toMatch(/\d+ days/);
      const { data } = (await admin.get<CustomerPage>(`/customers?segment=${segment}`)).body;
      expect(data.map((customer) => [customer.name, customer.segment])).toEqual(data.map(() => [segment, segment]));
    }
  });
});
