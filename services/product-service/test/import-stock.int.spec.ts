import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { ApplyStockRows } from '../src/imports/apply-stock-rows.js';
import { ImportRepository } from '../src/imports/import.repository.js';
import { RunImports } from '../src/imports/run-imports.js';
import { importCsv, refusals, reportOf, runAll, send } from './import-fixture.js';
import {
  ADMIN,
  adminOf,
  createStocked,
  eventsOf,
  requireBooksInOrder,
  reserve,
  startProductService,
  stockOf,
  type ProductService,
} from './product-fixture.js';

let service: ProductService;
beforeAll(async () => {
  service = await startProductService();
});
afterAll(() => service.stop());
afterEach(() => requireBooksInOrder(service));

async function stocked(stock: number, body: Record<string, unknown> = {}) {
  const { product, variantId } = await createStocked(service.client, stock, body);
  return { variantId, sku: product.variants[0]?.sku ?? '', productId: product.id };
}

const movementsOf = (variantId: string) =>
  service.db.query<{ delta: number; reason: string; reference_id: string; actor: string }>(
    "select delta, reason, reference_id, actor from stock_movements where variant_id = $1 and kind = 'ADJUSTMENT' order by id",
    [variantId],
  );

describe('a file of counts', () => {
  it('answers 202 with a job, sets the counts, and tells every change as a movement', async () => {
    const [one, two, same] = [await stocked(10), await stocked(3), await stocked(7)];
    const csv = `sku,stock\n${one.sku},4\n${two.sku.toLowerCase()},9\n${same.sku},7\n`;
    const sent = await send(service.client.as(ADMIN), 'inventory', csv);
    expect(sent).toMatchObject({
      status: 202,
      body: { kind: 'STOCK', state: 'QUEUED', rowsTotal: 3, rowsDone: 0, createdBy: ADMIN.userId },
    });
    expect(sent.headers.get('location')).toBe(`/inventory/imports/${sent.body.id}`);
    expect(await stockOf(service, one.variantId)).toEqual({ stock: 10, reserved: 0 });
    await runAll(service);
    expect(await reportOf(service, sent.body.id)).toMatchObject({
      state: 'COMPLETED',
      rowsTotal: 3,
      rowsDone: 3,
      rowsApplied: 2,
      rowsUnchanged: 1,
      rowsFailed: 0,
      errors: { data: [], total: 0 },
    });
    expect(await stockOf(service, one.variantId)).toEqual({ stock: 4, reserved: 0 });
    expect(await stockOf(service, two.variantId)).toEqual({ stock: 9, reserved: 0 });
    expect(await movementsOf(one.variantId)).toEqual([
      { delta: -6, reason: 'COUNTED', reference_id: sent.body.id, actor: ADMIN.userId },
    ]);
    expect(await movementsOf(same.variantId)).toEqual([]);
    expect(await eventsOf(service, 'ADMIN_ACTION_RECORDED', sent.body.id)).toMatchObject([
      { data: { action: 'stock.import', after: { state: 'COMPLETED', rowsTotal: 3, rowsApplied: 2 } } },
    ]);
  });

  it('changes nothing when it is sent again', async () => {
    const { variantId, sku } = await stocked(10);
    const csv = `sku,stock\n${sku},4\n`;
    await importCsv(service, 'inventory', csv);
    expect(await importCsv(service, 'inventory', csv)).toMatchObject({ rowsApplied: 0, rowsUnchanged: 1 });
    expect(await movementsOf(variantId)).toHaveLength(1);
  });

  it('applies the good rows and reports the bad ones by their line, every reason of each', async () => {
    const [good, held] = [await stocked(10), await stocked(10)];
    await reserve(service.client, newId(), [{ variantId: held.variantId, quantity: 4 }]);
    const csv = [
      'SKU,productName,stock,lowStockThreshold',
      `${good.sku},"two\r\nlines",5,1`,
      '',
      'NO-SUCH-SKU,x,5,',
      `${held.sku},x,3,`,
      `${good.sku},again,6,`,
      ',nameless,1,',
      'NEGATIVE,x,-1,many',
      'LONG,x,1,2,surplus',
    ].join('\r\n');
    const report = await importCsv(service, 'inventory', csv);
    expect(report).toMatchObject({ state: 'COMPLETED', rowsTotal: 7, rowsApplied: 1, rowsFailed: 6 });
    expect(refusals(report)).toEqual([
      [5, 'VARIANT_NOT_FOUND', 'sku'],
      [6, 'STOCK_BELOW_RESERVED', 'stock'],
      [7, 'DUPLICATE_SKU', 'sku'],
      [8, 'VALIDATION_FAILED', 'sku'],
      [9, 'VALIDATION_FAILED', 'stock'],
      [9, 'VALIDATION_FAILED', 'lowStockThreshold'],
      [10, 'VALIDATION_FAILED', 'surplus'],
    ]);
    expect(report.errors.data[1]).toMatchObject({
      sku: held.sku,
      errors: [{ message: expect.stringContaining('4 pieces') }],
    });
    expect(await reportOf(service, report.id, '?take=1&skip=2')).toMatchObject({
      errors: { data: [{ line: 7 }], total: 6, take: 1, skip: 2 },
    });
    expect(await stockOf(service, good.variantId)).toEqual({ stock: 5, reserved: 0 });
    expect(await stockOf(service, held.variantId)).toEqual({ stock: 10, reserved: 4 });
  });

  it('tells of stock that became low, by its count or by its threshold', async () => {
    const [counted, raised] = [
      await stocked(10, { lowStockThreshold: 5 }),
      await stocked(10, { lowStockThreshold: 5 }),
    ];
    const csv = `sku,stock,lowStockThreshold\n${counted.sku},5,\n${raised.sku},10,12\n`;
    await importCsv(service, 'inventory', csv);
    expect(await eventsOf(service, 'STOCK_LOW', counted.variantId)).toMatchObject([
      { data: { available: 5, threshold: 5 } },
    ]);
    expect(await eventsOf(service, 'STOCK_LOW', raised.variantId)).toMatchObject([
      { data: { available: 10, threshold: 12 } },
    ]);
  });

  it('is worked on by several processes at once, each row once, and never against the reservations between', async () => {
    const variants = await Promise.all(Array.from({ length: 12 }, () => stocked(10)));
    const csv = `sku,stock\n${variants.map(({ sku }) => `${sku},6`).join('\n')}\n`;
    const jobs = await Promise.all(Array.from({ length: 4 }, () => send(service.client.as(ADMIN), 'inventory', csv)));
    const [reserved] = await Promise.all([
      Promise.all(variants.map(({ variantId }) => reserve(service.client, newId(), [{ variantId, quantity: 8 }]))),
      ...Array.from({ length: 4 }, () => runAll(service)),
    ]);
    await runAll(service);
    const reports = await Promise.all(jobs.map(({ body }) => reportOf(service, body.id)));
    expect(reports.map(({ state, rowsDone }) => [state, rowsDone])).toEqual(reports.map(() => ['COMPLETED', 12]));
    for (const [index, { variantId }] of variants.entries()) {
      const expected = reserved[index]?.status === 201 ? { stock: 10, reserved: 8 } : { stock: 6, reserved: 0 };
      expect(await stockOf(service, variantId)).toEqual(expected);
    }
  });

  it('takes 10,000 rows in one go, with progress', async () => {
    const csv = `sku,stock\n${Array.from({ length: 10_000 }, (_, row) => `NOBODY-${row},${row}`).join('\n')}\n`;
    const { variantId, sku } = await stocked(1);
    const sent = await send(service.client.as(ADMIN), 'inventory', `${csv}${sku},2\n`);
    expect(sent.body).toMatchObject({ rowsTotal: 10_001, rowsDone: 0 });
    await service.app.get(RunImports).execute();
    const progress = await reportOf(service, sent.body.id);
    expect(progress).toMatchObject({ state: 'RUNNING', rowsTotal: 10_001 });
    expect(progress.rowsDone).toBeGreaterThan(0);
    expect(progress.rowsDone).toBeLessThan(10_001);
    await runAll(service);
    const report = await reportOf(service, sent.body.id, '?page=100&limit=100');
    expect(report).toMatchObject({ state: 'COMPLETED', rowsDone: 10_001, rowsApplied: 1, rowsFailed: 10_000 });
    expect(report.errors.data.at(-1)).toMatchObject({ line: 10_001 });
    expect(await stockOf(service, variantId)).toEqual({ stock: 2, reserved: 0 });
  });
});

describe('a process that dies within a file', () => {
  const leaseOut = (id: string) =>
    service.db.query("update imports set leased_until = now() - interval '1 second' where id = $1", [id]);

  it('leaves each row waiting or done; the next one goes on, and no row is applied twice', async () => {
    const variants = await Promise.all(Array.from({ length: 3 }, () => stocked(10)));
    const csv = `sku,stock\n${variants.map(({ sku }) => `${sku},4`).join('\n')}\n`;
    const { body } = await send(service.client.as(ADMIN), 'inventory', csv);
    const rows = service.app.get(ApplyStockRows);
    const whole = rows.execute.bind(rows);
    // It dies after its statements, before the commit.
    rows.execute = async (...args) => {
      await whole(...args);
      throw new Error('kill -9');
    };
    await expect(service.app.get(RunImports).execute()).rejects.toThrow('kill -9');
    rows.execute = whole;
    expect(await reportOf(service, body.id)).toMatchObject({ state: 'RUNNING', rowsDone: 0 });
    // Nobody takes it before its lease has run out.
    expect(await service.app.get(RunImports).execute()).toBe(0);
    await leaseOut(body.id);
    await runAll(service);
    expect(await reportOf(service, body.id)).toMatchObject({ state: 'COMPLETED', rowsApplied: 3 });
    for (const { variantId } of variants) expect(await movementsOf(variantId)).toMatchObject([{ delta: -6 }]);
  });

  it('comes back too late: what another one has taken over it leaves alone', async () => {
    const { variantId, sku } = await stocked(10);
    const { body } = await send(service.client.as(ADMIN), 'inventory', `sku,stock\n${sku},4\n`);
    const imports = service.app.get(ImportRepository);
    const hold = imports.hold.bind(imports);
    // Between the lease and the first batch it sleeps for so long that another process takes over.
    imports.hold = async (...args) => {
      imports.hold = hold;
      await leaseOut(body.id);
      await imports.lease(service.app.get(Database), newId(), 60);
      return hold(...args);
    };
    await service.app.get(RunImports).execute();
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 0 });
    await leaseOut(body.id);
    await runAll(service);
    expect(await movementsOf(variantId)).toMatchObject([{ delta: -6 }]);
  });

  it('is given up after it failed again and again, and says so', async () => {
    const { sku } = await stocked(10);
    const { body } = await send(service.client.as(ADMIN), 'inventory', `sku,stock\n${sku},4\n`);
    const rows = service.app.get(ApplyStockRows);
    const whole = rows.execute.bind(rows);
    rows.execute = () => Promise.reject(new Error('a bug'));
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await expect(service.app.get(RunImports).execute()).rejects.toThrow('a bug');
      await leaseOut(body.id);
    }
    await runAll(service);
    rows.execute = whole;
    expect(await reportOf(service, body.id)).toMatchObject({
      state: 'FAILED',
      error: expect.stringContaining('repeatedly'),
    });
    expect(await eventsOf(service, 'ADMIN_ACTION_RECORDED', body.id)).toMatchObject([
      {
        actor: ADMIN.userId,
        data: {
          action: 'stock.import',
          after: { state: 'FAILED', rowsTotal: 1, rowsApplied: 0, error: expect.stringContaining('repeatedly') },
        },
      },
    ]);
  });
});

describe('a file that is none', () => {
  const left = async () => (await service.db.query("select 1 from imports where state = 'RECEIVING'")).length;

  it.each([
    ['an unknown column', 'sku,stock,colour\nA,1,red\n', 400, 'CSV_HEADER'],
    ['a missing column', 'sku\nA\n', 400, 'CSV_HEADER'],
    ['a column twice', 'sku,stock,SKU\nA,1,A\n', 400, 'CSV_HEADER'],
    ['no rows', 'sku,stock\n', 400, 'CSV_EMPTY'],
    ['nothing', ' ', 400, 'CSV_EMPTY'],
    ['an open quote', 'sku,stock\n"A,1\n', 400, 'CSV_MALFORMED'],
    ['other bytes than UTF-8', new Uint8Array([0x73, 0x6b, 0x75, 0x2c, 0xff, 0xfe, 0x0a]), 400, 'CSV_MALFORMED'],
    ['a NUL', 'sku,stock\nA\u0000,1\n', 400, 'CSV_MALFORMED'],
  ])('is refused whole for %s', async (_, csv, status, code) => {
    expect(await send(service.client.as(ADMIN), 'inventory', csv)).toMatchObject({ status, body: { code } });
    expect(await left()).toBe(0);
  });

  it('says the line of what is malformed', async () => {
    const csv = 'sku,stock\nA,1\nB,"2" x\n';
    expect((await send(service.client.as(ADMIN), 'inventory', csv)).body.details).toEqual({ line: 3 });
  });

  it('is refused where it is another kind of body', async () => {
    const answer = await service.client.as(ADMIN).post('/inventory/import', { sku: 'A' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'CSV_EXPECTED' } });
    expect((await service.client.as(ADMIN).post('/inventory/import')).status).toBe(400);
  });

  it('is refused where it is too large or too long, and the answer arrives', async () => {
    const large = `sku,stock\n${'A,1\n'.repeat(3_000_000)}`;
    expect(await send(service.client.as(ADMIN), 'inventory', large)).toMatchObject({ status: 413 });
    const long = `sku,stock\n${'A,1\n'.repeat(50_001)}`;
    expect(await send(service.client.as(ADMIN), 'inventory', long)).toMatchObject({
      status: 413,
      body: { code: 'TOO_MANY_ROWS' },
    });
    expect(await left()).toBe(0);
  });
});

it('files are for administrators of the business, asked just now', async () => {
  const csv = 'sku,stock\nA,1\n';
  expect((await send(service.client.anonymous(), 'inventory', csv)).status).toBe(401);
  expect((await send(service.client.as({ userId: newId(), roles: ['RESELLER'] }), 'inventory', csv)).status).toBe(403);
  const dismissed = adminOf(newId());
  service.auth.dismissed.add(dismissed.userId);
  expect((await send(service.client.as(dismissed), 'inventory', csv)).status).toBe(403);
  const stranger = service.client.as(adminOf(newId()));
  expect(await send(stranger, 'inventory', csv)).toMatchObject({ status: 422, body: { code: 'BUSINESS_UNKNOWN' } });
  const mine = await importCsv(service, 'inventory', csv);
  expect((await stranger.get(`/inventory/imports/${mine.id}`)).status).toBe(404);
  expect((await stranger.get<{ total: number }>('/inventory/imports')).body.total).toBe(0);
  const list = await service.client
    .as(ADMIN)
    .get<{ data: { id: string }[] }>('/inventory/imports?kind=stock&state=completed');
  expect(list.body.data[0]?.id).toBe(mine.id);
});
