import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ProblemBody } from './auth-fixture.js';
import { CustomersFixture, made, newPhone, type CustomerPage, type ImportBody } from './customers-fixture.js';

let fixture: CustomersFixture;
beforeAll(async () => {
  fixture = await CustomersFixture.start();
});
afterAll(() => fixture.stop());

describe('POST /customers/bulk', () => {
  it('answers every row, keeps nobody out for another’s mistake, and may be sent again', async () => {
    const { admin, actorId, businessId } = await fixture.shop();
    const there = await made(admin);
    const [one, two] = [newPhone(), newPhone()];
    const customers = [
      { name: 'Customer 1', phone: one, email: 'customer1@example.com' },
      { name: '', phone: '12', email: 'x' },
      { name: 'Known', phone: there.phone },
      { name: 'Customer 1 again', phone: one.slice(3) },
      'not a customer',
      { name: 'Customer 2', phone: two },
    ];
    const first = await admin.post<ImportBody>('/customers/bulk', { businessId, customers });
    expect([first.status, first.body]).toMatchObject([200, { total: 6, created: 2, existing: 2, invalid: 2 }]);
    const { results } = first.body;
    expect(results.map(({ line, status }) => [line, status])).toEqual([
      [1, 'CREATED'],
      [2, 'INVALID'],
      [3, 'EXISTS'],
      [4, 'EXISTS'],
      [5, 'INVALID'],
      [6, 'CREATED'],
    ]);
    expect(results[1]?.errors.map(({ path }) => path)).toEqual(['name', 'phone', 'email']);
    expect([results[2]?.customerId, results[3]?.customerId]).toEqual([there.id, results[0]?.customerId]);
    expect((await admin.get(`/customers/${results[0]?.customerId}`)).body).toMatchObject({
      name: 'Customer 1',
      phone: one,
      source: 'IMPORT',
      engagementScore: 10,
    });
    expect(await fixture.actionsOn(businessId)).toContainEqual(
      expect.objectContaining({
        action: 'CUSTOMERS_IMPORTED',
        actorId,
        after: { total: 6, created: 2, existing: 2, invalid: 2 },
      }),
    );

    const again = await admin.post<ImportBody>('/customers/bulk', { customers });
    expect(again.body).toMatchObject({ created: 0, existing: 4, invalid: 2 });
    expect(again.body.results.map(({ customerId }) => customerId)).toEqual(results.map(({ customerId }) => customerId));
    expect((await admin.get<CustomerPage>('/customers')).body.total).toBe(3);
  });

  it('reads CSV, and says which line is wrong', async () => {
    const { admin, businessId } = await fixture.shop();
    const [one, two] = [newPhone(), newPhone()];
    const csv = `Name,Phone,whatsapp_number,notes\r\n"Rao, Asha",${one},${one},"first line\nsecond"\r\nBad,12,,\r\nRavi,${two},,\r\n`;
    const answer = await admin.post<ImportBody>(`/customers/bulk?businessId=${businessId}`, csv, {
      'content-type': 'text/csv',
    });
    expect([answer.status, answer.body]).toMatchObject([200, { total: 3, created: 2, invalid: 1 }]);
    expect(answer.body.results.map(({ line, status }) => [line, status])).toEqual([
      [2, 'CREATED'],
      [4, 'INVALID'],
      [5, 'CREATED'],
    ]);
    const [asha] = (await admin.get<CustomerPage>('/customers?q=Asha')).body.data;
    expect(asha).toMatchObject({ name: 'Rao, Asha', whatsappNumber: one, notes: 'first line\nsecond' });
  });

  it('takes 5,000 rows in few statements, also larger than other requests may be', async () => {
    const { admin } = await fixture.shop();
    const customers = Array.from({ length: 5_000 }, (_, index) => ({
      name: `Customer ${index}`,
      phone: newPhone(),
      notes: 'n'.repeat(200),
    }));
    expect(JSON.stringify(customers).length).toBeGreaterThan(1_048_576);
    const answer = await admin.post<ImportBody>('/customers/bulk', { customers });
    expect([answer.status, answer.body.created]).toEqual([200, 5_000]);
    const again = await admin.post<ImportBody>('/customers/bulk', { customers: customers.toReversed() });
    expect([again.status, again.body.existing]).toEqual([200, 5_000]);
  });

  it('makes one of each when two imports of the same people meet', async () => {
    const { admin } = await fixture.shop();
    const customers = Array.from({ length: 300 }, (_, index) => ({ name: `Customer ${index}`, phone: newPhone() }));
    const answers = await Promise.all([
      admin.post<ImportBody>('/customers/bulk', { customers }),
      admin.post<ImportBody>('/customers/bulk', { customers: customers.toReversed() }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers.reduce((sum, { body }) => sum + body.created, 0)).toBe(300);
    expect((await admin.get<CustomerPage>('/customers')).body.total).toBe(300);
  });

  it('says what is wrong with a heading', async () => {
    const { admin } = await fixture.shop();
    const answer = await admin.post<ProblemBody>('/customers/bulk', 'name;phone\nA;1\n', {
      'content-type': 'text/csv',
    });
    expect(answer.body.errors).toEqual([
      { path: '', message: 'must be CSV: the first line must name the columns, with name and phone among them' },
    ]);
  });

  it.each<[string, unknown, string, number]>([
    ['no rows', { customers: [] }, 'application/json', 400],
    ['5,001 rows', { customers: Array.from({ length: 5_001 }, () => ({})) }, 'application/json', 400],
    ['5,001 lines of CSV', `name,phone\n${'A,1\n'.repeat(5_001)}`, 'text/csv', 400],
    ['CSV without a heading', 'Asha,9876543210\n', 'text/csv', 400],
    ['CSV with an open quote', 'name,phone\n"Asha,1\n', 'text/csv', 400],
    ['a body beyond 4 MiB', `name,phone\n${`${'x'.repeat(1_000)},1\n`.repeat(4_500)}`, 'text/csv', 413],
    ['a cell without an end', `name,phone\n${'x'.repeat(4_194_304)}`, 'text/csv', 400],
    ['CSV that calls itself JSON', JSON.stringify('name,phone\nAsha,9876543210\n'), 'application/json', 400],
  ])('refuses %s and changes nothing', async (_, body, type, status) => {
    const { admin } = await fixture.shop();
    const answer = await admin.post<ProblemBody>('/customers/bulk', body, { 'content-type': type });
    expect(answer.status).toBe(status);
    expect((await admin.get<CustomerPage>('/customers')).body.total).toBe(0);
  });
});
