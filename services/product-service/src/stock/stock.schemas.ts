import { z } from 'zod';
import { bodyText, isoInstant, pageQuery, searchText, shortText, uuid } from '@reseller/http';
import type { InventoryRow, MovementRow } from './stock.queries.js';
import { MOVEMENT_KINDS } from './stock-movement.js';

export const STOCK_MAX = 1_000_000_000;

export const adjustStockBody = z
  .strictObject({
    variantId: uuid(),
    delta: z.int().min(-STOCK_MAX).max(STOCK_MAX).optional(),
    setTo: z.int().min(0).max(STOCK_MAX).optional(),
    reason: shortText(100),
    note: bodyText(1_000).optional(),
  })
  .refine(({ delta, setTo }) => (delta === undefined) !== (setTo === undefined), {
    path: ['delta'],
    message: 'send either delta or setTo',
  });
export type AdjustStockBody = z.infer<typeof adjustStockBody>;

const numbers = { stock: z.int(), reserved: z.int(), available: z.int() };

export const adjustmentView = z.object({
  variantId: uuid(),
  productId: uuid(),
  sku: z.string(),
  /** What was added; 0 where the stock was right already. */
  delta: z.int(),
  ...numbers,
  reason: z.string(),
  note: z.string().nullable(),
});
export type AdjustmentView = z.infer<typeof adjustmentView>;

export const variantStockView = z.object({
  variantId: uuid(),
  productId: uuid(),
  sku: z.string(),
  ...numbers,
  inStock: z.boolean(),
});
export type VariantStockView = z.infer<typeof variantStockView>;

export const stockCheckQuery = z.object({
  variantId: uuid().optional(),
  quantity: z.coerce.number().int().min(1).max(STOCK_MAX).default(1),
});
export type StockCheckQuery = z.infer<typeof stockCheckQuery>;

export const stockCheckView = z.object({
  productId: uuid(),
  variantId: uuid(),
  productName: z.string(),
  variantDetails: z.string().nullable(),
  quantity: z.int(),
  stockQuantity: z.int(),
  reservedStock: z.int(),
  availableStock: z.int(),
  /** Whether the quantity that was asked for is available. */
  inStock: z.boolean(),
});
export type StockCheckView = z.infer<typeof stockCheckView>;

const flag = () =>
  z
    .enum(['true', 'false', '1', '0'])
    .transform((word) => word === 'true' || word === '1')
    .optional();

export const inventoryQuery = z.object({
  ...pageQuery(['available', 'stock', 'sku', 'updatedAt'], 'sku'),
  q: searchText().optional(),
  productId: uuid().optional(),
  lowStock: flag(),
});
export type InventoryQuery = z.infer<typeof inventoryQuery>;

export const inventoryItemView = z.object({
  variantId: uuid(),
  productId: uuid(),
  businessId: uuid(),
  productName: z.string(),
  variantName: z.string().nullable(),
  sku: z.string(),
  isActive: z.boolean(),
  ...numbers,
  lowStockThreshold: z.int(),
  isLow: z.boolean(),
  updatedAt: isoInstant(),
});

export function toInventoryItemView({ updatedAt, ...row }: InventoryRow): z.infer<typeof inventoryItemView> {
  return { ...row, updatedAt: updatedAt.toISOString() };
}

export const movementsQuery = z.object({
  ...pageQuery(['createdAt']),
  variantId: uuid().optional(),
  productId: uuid().optional(),
  kind: z.enum(MOVEMENT_KINDS).optional(),
});
export type MovementsQuery = z.infer<typeof movementsQuery>;

export const movementView = z.object({
  id: uuid(),
  variantId: uuid(),
  productId: uuid(),
  sku: z.string(),
  kind: z.enum(MOVEMENT_KINDS),
  delta: z.int(),
  stockAfter: z.int(),
  reason: z.string().nullable(),
  note: z.string().nullable(),
  referenceType: z.string(),
  referenceId: z.string(),
  actor: z.string().nullable(),
  createdAt: isoInstant(),
});

export function toMovementView({ createdAt, ...row }: MovementRow): z.infer<typeof movementView> {
  return { ...row, createdAt: createdAt.toISOString() };
}
