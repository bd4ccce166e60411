import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_BUSINESS_ID } from '@reseller/contracts';
import { Database } from '@reseller/persistence';
import { DomainError, newId } from '@reseller/runtime';
import { ConvertReservation } from '../src/reservations/convert-reservation.js';
import { ReleaseReservation } from '../src/reservations/release-reservation.js';
import { ReserveStock } from '../src/reservations/reserve-stock.js';
import { RestockReturned } from '../src/reservations/restock-returned.js';
import { brokenInvariants, createStocked, startProductService, type ProductService } from './product-fixture.js';

let service: ProductService;
beforeAll(async () => {
  service = await startProductService({ env: { DATABASE_POOL_SIZE: '8' } });
});
afterAll(() => service.stop());

const STEPS = ['reserve', 'convert', 'cancel', 'release', 'return'] as const;
type Step = { readonly kind: (typeof STEPS)[number]; readonly order: number; readonly returned: number };

const step = fc.record({ kind: fc.constantFrom(...STEPS), order: fc.nat(5), returned: fc.integer({ min: 1, max: 3 }) });
const orderShape = fc.record({ first: fc.integer({ min: 1, max: 3 }), second: fc.integer({ min: 0, max: 3 }) });

it('keeps the books through any interleaving of reserve, convert, cancel, release and return', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(orderShape, { minLength: 6, maxLength: 6 }),
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.integer({ min: 1, max: 6 }),
      async (shapes, steps, width) => {
        const variants = [
          (await createStocked(service.client, 6)).variantId,
          (await createStocked(service.client, 4)).variantId,
        ];
        const orders = shapes.map(({ first, second }) => ({
          id: newId(),
          items: [first, second].flatMap((quantity, index) =>
            quantity > 0 ? [{ variantId: variants[index] ?? '', quantity }] : [],
          ),
        }));
        // `width` at a time really run at once, on several connections.
        for (let from = 0; from < steps.length; from += width) {
          await Promise.all(
            steps.slice(from, from + width).map((one) => take(one, orders[one.order] ?? { id: newId(), items: [] })),
          );
        }
        expect(await brokenInvariants(service)).toEqual({});
        // Whatever happened, cancelling everything brings every piece back.
        for (const order of orders) await take({ kind: 'cancel', order: 0, returned: 0 }, order);
        expect(await brokenInvariants(service)).toEqual({});
        const rows = await service.db.query(
          'select stock, reserved from variants where id = any($1::uuid[]) order by stock',
          [variants],
        );
        expect(rows).toEqual([
          { stock: 4, reserved: 0 },
          { stock: 6, reserved: 0 },
        ]);
      },
    ),
    { numRuns: 25, endOnFailure: true },
  );
});

interface Order {
  readonly id: string;
  readonly items: readonly { readonly variantId: string; readonly quantity: number }[];
}

async function take({ kind, returned }: Step, { id, items }: Order): Promise<void> {
  const { app } = service;
  const database = app.get(Database);
  const owner = { ownerType: 'ORDER', ownerId: id, actor: null } as const;
  switch (kind) {
    case 'reserve':
      return refusedAtMost(() => app.get(ReserveStock).execute({ ...owner, items, expiresAt: null }));
    case 'convert':
      return database.sqlTransaction((tx) =>
        app.get(ConvertReservation).execute(tx, { ...owner, businessId: DEFAULT_BUSINESS_ID, items }),
      );
    case 'cancel':
    case 'release':
      await database.sqlTransaction((tx) =>
        app.get(ReleaseReservation).execute(tx, { ...owner, reason: kind, isCancelled: kind === 'cancel' }),
      );
      return;
    case 'return':
      return database.sqlTransaction((tx) =>
        app.get(RestockReturned).execute(tx, {
          ...owner,
          ordered: items,
          restock: items.slice(0, 1).map((item) => ({ ...item, quantity: returned })),
          reason: 'return',
        }),
      );
  }
}

/** Sold out, or given back before: both are answers. Anything else is a failure of the test. */
async function refusedAtMost(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== 'conflict') throw error;
  }
}
