import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { reportOf, runAll, send } from './import-fixture.js';
import { ADMIN, createStocked, startProductService, stockOf, type ProductService } from './product-fixture.js';

let service: ProductService;
beforeAll(async () => {
  service = await startProductService();
});
afterAll(() => service.stop());

const admin = () => service.client.as(ADMIN);
const withKey = (key: string) => ({ 'idempotency-key': key });
const importsOf = (state: string) => service.db.query('select id from imports where state = $1', [state]);

async function counting(stock: number) {
  const { product, variantId } = await createStocked(service.client, 10);
  return { variantId, csv: `sku,stock\n${product.variants[0]?.sku},${stock}\n` };
}

describe('the Idempotency-Key of a file', () => {
  it('answers the same import for the same file, before and after it was worked on, and makes no second', async () => {
    const { variantId, csv } = await counting(4);
    const key = newId();
    const first = await send(admin(), 'inventory', csv, withKey(key));
    expect(first).toMatchObject({ status: 202, body: { state: 'QUEUED', rowsTotal: 1 } });
    const second = await send(admin(), 'inventory', csv, withKey(key));
    expect(second).toMatchObject({ status: 202, body: first.body });
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.headers.get('location')).toBe(`/inventory/imports/${first.body.id}`);
    await runAll(service);
    expect((await send(admin(), 'inventory', csv, withKey(key))).body).toEqual(first.body);
    expect([await importsOf('QUEUED'), await importsOf('RECEIVING')]).toEqual([[], []]);
    expect(await reportOf(service, first.body.id)).toMatchObject({ state: 'COMPLETED', rowsApplied: 1 });
    expect(await stockOf(service, variantId)).toEqual({ stock: 4, reserved: 0 });
  });

  it('is refused with another file, be it by one byte, and that file is forgotten', async () => {
    const { csv } = await counting(4);
    const key = newId();
    await send(admin(), 'inventory', csv, withKey(key));
    for (const other of [`${csv}\n`, csv.replace(',4', ',5')])
      expect(await send(admin(), 'inventory', other, withKey(key))).toMatchObject({
        status: 422,
        body: { code: 'IDEMPOTENCY_KEY_REUSED' },
      });
    expect(await importsOf('RECEIVING')).toEqual([]);
    await runAll(service);
  });

  it('sent twice at the same moment, makes one import', async () => {
    const { csv } = await counting(4);
    const key = newId();
    const sent = await Promise.all(Array.from({ length: 4 }, () => send(admin(), 'inventory', csv, withKey(key))));
    const taken = sent.filter(({ status }) => status === 202);
    expect(new Set(taken.map(({ body }) => body.id)).size).toBe(1);
    // Whoever comes while the first is being written is asked to come again.
    for (const { status, body } of sent.filter(({ status }) => status !== 202))
      expect([status, body.code]).toEqual([409, 'IDEMPOTENCY_IN_PROGRESS']);
    expect([(await importsOf('QUEUED')).length, (await importsOf('RECEIVING')).length]).toEqual([1, 0]);
    await runAll(service);
  });

  it('is free again after a file that was none, and is another for products and for other people', async () => {
    const { csv } = await counting(4);
    const key = newId();
    expect((await send(admin(), 'inventory', 'sku,stock\n"A,1', withKey(key))).status).toBe(400);
    const mine = await send(admin(), 'inventory', csv, withKey(key));
    const theirs = await send(service.client.as({ ...ADMIN, userId: newId() }), 'inventory', csv, withKey(key));
    const products = await send(admin(), 'products', 'sku,name\nA,B\n', withKey(key));
    expect([mine.status, theirs.status, products.status]).toEqual([202, 202, 202]);
    expect(new Set([mine, theirs, products].map(({ body }) => body.id)).size).toBe(3);
  });

  it('answers just the same while a file that is not needed cannot be deleted', async () => {
    const { csv } = await counting(4);
    const key = newId();
    await service.db.query(`create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$`);
    await service.db.query('create trigger refuse before delete on imports execute function refuse()');
    const first = await send(admin(), 'inventory', csv, withKey(key));
    const again = await send(admin(), 'inventory', csv, withKey(key));
    const broken = await send(admin(), 'inventory', 'sku,stock\n"A,1');
    await service.db.query('drop function refuse cascade');
    expect([first.status, again.status, broken.status]).toEqual([202, 202, 400]);
    expect(again.body.id).toBe(first.body.id);
    await runAll(service);
  });

  it('is not needed: without one each file is an import', async () => {
    const { csv } = await counting(4);
    const sent = [await send(admin(), 'inventory', csv), await send(admin(), 'inventory', csv)];
    expect(new Set(sent.map(({ body }) => body.id)).size).toBe(2);
  });
});

it('a CSV file is refused where none is expected', async () => {
  const answer = await service.client
    .anonymous()
    .post('/inventory/availability', 'a,b\n', { 'content-type': 'text/csv' });
  expect(answer).toMatchObject({ status: 415, body: { code: 'UNSUPPORTED_MEDIA_TYPE' } });
});
