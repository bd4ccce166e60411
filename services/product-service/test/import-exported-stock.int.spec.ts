import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import { AdjustStock } from '../src/stock/adjust-stock.js';
import { StockLedger } from '../src/stock/stock-ledger.js';
import { importCsv, refusals, reportOf, runAll, send, waitingForLocks } from './import-fixture.js';
import {
  ADMIN,
  createStocked,
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
  return { variantId, sku: product.variants[0]?.sku ?? '' };
}

describe('a file that was exported before the last sales', () => {
  const rowsOf = (body: string, skus: readonly string[]) =>
    body.split('\r\n').filter((row, index) => index === 0 || skus.some((sku) => row.startsWith(`${sku},`)));
  const exported = async (...skus: string[]) =>
    rowsOf((await service.client.as(ADMIN).get<string>('/inventory/export.csv')).body, skus);
  const sell = (variantId: string, quantity: number) =>
    service.app.get(AdjustStock).execute({
      id: newId(),
      actor: { userId: ADMIN.userId, businessId: null },
      variantId,
      change: { delta: -quantity },
      reason: 'sold at the door',
      note: null,
      remember: async () => undefined,
    });
  /** `sku,productName,variantName,stock,…` with another count. */
  const counted = (row: string, stock: number) => row.replace(/^([^,]*,[^,]*,[^,]*),\d+/, `$1,${stock}`);

  it('sent back as it was, leaves the sales alone', async () => {
    const { variantId, sku } = await stocked(10);
    const rows = await exported(sku);
    await sell(variantId, 3);
    expect(await importCsv(service, 'inventory', rows.join('\n'))).toMatchObject({ rowsUnchanged: 1, rowsFailed: 0 });
    expect(await stockOf(service, variantId)).toEqual({ stock: 7, reserved: 0 });
  });

  it('sent back with other thresholds, sets them and leaves the sales alone, even what is all reserved', async () => {
    const { variantId, sku } = await stocked(10, { lowStockThreshold: 2 });
    const csv = `sku,stock,stockWas,lowStockThreshold\n${sku},3,3,4\n`;
    await reserve(service.client, newId(), [{ variantId, quantity: 10 }]);
    expect(await importCsv(service, 'inventory', csv)).toMatchObject({ rowsApplied: 1 });
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 10 });
    expect(await service.client.as(ADMIN).get(`/inventory/variants/${variantId}`)).toMatchObject({
      body: { lowStockThreshold: 4 },
    });
  });

  it('sets the counts of what was not sold meanwhile, refuses the others and says what there is and what to do', async () => {
    const [quiet, sold] = [await stocked(10), await stocked(10)];
    const [header = '', ...rows] = await exported(quiet.sku, sold.sku);
    await sell(sold.variantId, 3);
    const csv = [header, ...rows.map((row) => counted(row, 12))].join('\n');
    const report = await importCsv(service, 'inventory', csv);
    expect(report).toMatchObject({ rowsApplied: 1, rowsFailed: 1 });
    expect(report.errors.data).toMatchObject([
      {
        sku: sold.sku,
        errors: [{ path: 'stock', code: 'STOCK_CHANGED', message: expect.stringContaining('is 7 now') }],
      },
    ]);
    expect(report.errors.data[0]?.errors[0]?.message).toContain('without stockWas');
    expect(await stockOf(service, quiet.variantId)).toEqual({ stock: 12, reserved: 0 });
    expect(await stockOf(service, sold.variantId)).toEqual({ stock: 7, reserved: 0 });
    // Sent again, what was applied is so already.
    expect(await importCsv(service, 'inventory', csv)).toMatchObject({ rowsUnchanged: 1, rowsFailed: 1 });
  });

  it('sent again after it was applied and the difference was sold, does not bring back what is not there', async () => {
    const { variantId, sku } = await stocked(10);
    const [header, row = ''] = await exported(sku);
    const csv = [header, counted(row, 12)].join('\n');
    // Orders that only wait to be paid leave the stock, and the file, as they are.
    const owner = newId();
    await reserve(service.client, owner, [{ variantId, quantity: 2 }]);
    expect(await importCsv(service, 'inventory', csv)).toMatchObject({ rowsApplied: 1 });
    expect(await importCsv(service, 'inventory', csv)).toMatchObject({ rowsUnchanged: 1 });
    await sell(variantId, 2);
    const again = await importCsv(service, 'inventory', csv);
    expect(refusals(again)).toEqual([[2, 'STOCK_CHANGED', 'stock']]);
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 2 });
    // As the refusal says.
    const version = /stockVersion (\d+)/.exec(again.errors.data[0]?.errors[0]?.message ?? '')?.[1];
    const anew = `sku,stock,stockWas,stockVersion\n${sku},12,10,${version}\n`;
    expect(await importCsv(service, 'inventory', anew)).toMatchObject({ rowsApplied: 1 });
  });

  it('sees a sale that is being made at the same moment', async () => {
    const { variantId, sku } = await stocked(10);
    const sent = await send(service.client.as(ADMIN), 'inventory', `sku,stock,stockWas\n${sku},12,10\n`);
    const { running } = await service.app.get(Database).sqlTransaction(async (tx) => {
      const source = { referenceType: 'ORDER', referenceId: newId(), reason: 'SALE', actor: null } as const;
      const change = { variantId, stockDelta: -1, reservedDelta: 0, kind: 'SALE' } as const;
      await service.app.get(StockLedger).apply(tx, [change], source);
      // In an object, so that the sale does not wait for what waits for it.
      const begun = { running: runAll(service) };
      await eventually(async () => (await waitingForLocks(service)) > 0);
      return begun;
    });
    await running;
    expect(refusals(await reportOf(service, sent.body.id))).toEqual([[2, 'STOCK_CHANGED', 'stock']]);
    expect(await stockOf(service, variantId)).toEqual({ stock: 9, reserved: 0 });
  });
});
