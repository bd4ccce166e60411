import { z } from 'zod';
import { notFound } from '@reseller/runtime';
import {
  bodyText,
  isoInstant,
  pageQuery,
  queryFlag,
  searchText,
  shortText,
  upperEnum,
  uuid,
  wholeNumber,
} from '@reseller/http';
import { STOCK_MAX, THRESHOLD_MAX } from '../products/products.schemas.js';
import { ADJUSTMENT_REASONS, contradictionOf, reasonOf, type AdjustmentChange } from './adjustment-reason.js';
import type { ItemAvailability, WantedItem } from './availability.queries.js';
import type { ProductInventory } from './product-inventory.queries.js';
import type { InventoryRow, MovementRow, VariantStock } from './stock.queries.js';
import { MOVEMENT_KINDS } from './stock-movement.js';

const reason = () =>
  shortText(100)
    .transform(reasonOf)
    .meta({
      type: 'string',
      description: `${ADJUSTMENT_REASONS.join(', ')}, in any case; or the warehouse’s own words`,
      examples: [...ADJUSTMENT_REASONS],
    });

export const adjustStockBody = z
  .strictObject({
    variantId: uuid(),
    delta: z.int().min(-STOCK_MAX).max(STOCK_MAX).optional(),
    setTo: z.int().min(0).max(STOCK_MAX).optional().describe('What was counted: the stock becomes this'),
    reason: reason(),
    note: bodyText(1_000).optional(),
  })
  .superRefine(({ delta, setTo, reason: why }, context) => {
    if ((delta === undefined) === (setTo === undefined)) {
      context.addIssue({ code: 'custom', path: ['delta'], message: 'send either delta or setTo' });
      return;
    }
    if (delta === 0) context.addIssue({ code: 'custom', path: ['delta'], message: 'must not be zero' });
    const contradiction = contradictionOf(why, changeOf({ delta, setTo }));
    if (contradiction !== null) context.addIssue({ code: 'custom', path: ['reason'], message: contradiction });
  });
export type AdjustStockBody = z.infer<typeof adjustStockBody>;

/** The schema admits exactly one of the two. */
export function changeOf({ delta, setTo }: Pick<AdjustStockBody, 'delta' | 'setTo'>): AdjustmentChange {
  return setTo === undefined ? { delta: delta ?? 0 } : { setTo };
}

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
  /** Who adjusted it. */
  actor: z.string(),
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
  quantity: wholeNumber(1, STOCK_MAX).default(1).describe('How many are wanted; 1 unless said'),
});
export type StockCheckQuery = z.infer<typeof stockCheckQuery>;

const checkedNumbers = {
  stockQuantity: z.int(),
  reservedStock: z.int(),
  availableStock: z.int(),
  /** Whether the quantity that was asked for is available, of one variant. */
  inStock: z.boolean(),
};

export const stockCheckView = z.object({
  productId: uuid(),
  /** Null where the product has several variants and none was named: then the numbers are of all of them. */
  variantId: uuid().nullable(),
  productName: z.string(),
  variantDetails: z.string().nullable(),
  quantity: z.int(),
  ...checkedNumbers,
  variants: z
    .array(z.object({ variantId: uuid(), sku: z.string(), variantDetails: z.string().nullable(), ...checkedNumbers }))
    .optional()
    .describe('Of a product with several variants, where none was named'),
});
export type StockCheckView = z.infer<typeof stockCheckView>;

const checked = ({ stock, reserved, available }: VariantStock, quantity: number) => ({
  stockQuantity: stock,
  reservedStock: reserved,
  availableStock: available,
  inStock: available >= quantity,
});

/** @param variants of one product, at least one */
export function toStockCheckView(
  variants: readonly [VariantStock, ...VariantStock[]],
  quantity: number,
): StockCheckView {
  const [first, ...others] = variants;
  const { productId, productName } = first;
  if (others.length === 0) {
    const { variantId, variantName: variantDetails } = first;
    return { productId, variantId, productName, variantDetails, quantity, ...checked(first, quantity) };
  }
  const sum = (numberOf: (variant: VariantStock) => number) =>
    variants.reduce((total, variant) => total + numberOf(variant), 0);
  return {
    productId,
    variantId: null,
    productName,
    variantDetails: null,
    quantity,
    stockQuantity: sum(({ stock }) => stock),
    reservedStock: sum(({ reserved }) => reserved),
    availableStock: sum(({ available }) => available),
    inStock: variants.some(({ available }) => available >= quantity),
    variants: variants.map((variant) => ({
      variantId: variant.variantId,
      sku: variant.sku,
      variantDetails: variant.variantName,
      ...checked(variant, quantity),
    })),
  };
}

const AVAILABILITY_MAX = 100;

export const availabilityBody = z.strictObject({
  items: z
    .array(
      z
        .strictObject({
          productId: uuid().optional(),
          variantId: uuid().optional(),
          quantity: z.int().min(1).max(STOCK_MAX).default(1),
        })
        .refine(({ productId, variantId }) => productId !== undefined || variantId !== undefined, {
          message: 'name a productId, a variantId or both',
        }),
    )
    .min(1)
    .max(AVAILABILITY_MAX),
});
export type AvailabilityBody = z.infer<typeof availabilityBody>;

export const toWantedItems = ({ items }: AvailabilityBody): WantedItem[] =>
  items.map(({ productId = null, variantId = null, quantity }) => ({ productId, variantId, quantity }));

export const availabilityView = z.object({
  /** In the order asked. */
  data: z.array(
    z.object({
      productId: uuid().nullable(),
      variantId: uuid().nullable(),
      quantity: z.int(),
      /** False where there is no such thing on sale. */
      isKnown: z.boolean(),
      available: z.int(),
      inStock: z.boolean(),
    }),
  ),
  unknown: z.array(uuid()).describe('Ids of the items that are not on sale'),
});

export function toAvailabilityView(items: readonly ItemAvailability[]): z.infer<typeof availabilityView> {
  const unknown = items
    .filter(({ isKnown }) => !isKnown)
    .flatMap(({ variantId, productId }) => variantId ?? productId ?? []);
  return { data: [...items], unknown: [...new Set(unknown)] };
}

export const inventoryQuery = z.object({
  ...pageQuery(['available', 'stock', 'sku', 'updatedAt'], 'sku'),
  q: searchText().optional(),
  productId: uuid().optional(),
  lowStock: queryFlag().optional(),
  isActive: queryFlag().optional(),
});
export type InventoryQuery = z.infer<typeof inventoryQuery>;

export const lowStockQuery = z.object({
  ...pageQuery(['available', 'stock', 'sku', 'updatedAt'], 'available'),
  q: searchText().optional(),
  productId: uuid().optional(),
});
export type LowStockQuery = z.infer<typeof lowStockQuery>;

export const patchVariantBody = z.strictObject({
  lowStockThreshold: z.int().min(0).max(THRESHOLD_MAX),
  version: z.int().min(1).optional().describe('The version that was read; stands for If-Match'),
});
export type PatchVariantBody = z.infer<typeof patchVariantBody>;

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
  /** Of the settings, for If-Match. */
  version: z.int(),
  updatedAt: isoInstant(),
});
export type InventoryItemView = z.infer<typeof inventoryItemView>;

export function toInventoryItemView({ updatedAt, version, ...row }: InventoryRow): InventoryItemView {
  return { ...row, version: Number(version), updatedAt: updatedAt.toISOString() };
}

export const movementsQuery = z.object({
  ...pageQuery(['createdAt']),
  variantId: uuid().optional(),
  productId: uuid().optional(),
  kind: upperEnum(MOVEMENT_KINDS).optional(),
  reason: shortText(100).transform(reasonOf).optional(),
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

export const productInventoryView = z.object({
  productId: uuid(),
  businessId: uuid(),
  productName: z.string(),
  ...numbers,
  inStock: z.boolean(),
  lowVariants: z.int(),
  liveReservations: z.int(),
  variants: z.array(
    inventoryItemView.omit({ productId: true, businessId: true, productName: true }).extend({
      /** Orders that hold pieces of it and are not paid yet. */
      liveReservations: z.int(),
    }),
  ),
  movements: z.array(movementView).describe('The latest ones, newest first'),
});
export type ProductInventoryView = z.infer<typeof productInventoryView>;

/** @throws 404 PRODUCT_NOT_FOUND where there is nothing in it. */
export function toProductInventoryView({ variants, movements }: ProductInventory): ProductInventoryView {
  const [first] = variants;
  if (first === undefined) throw notFound('PRODUCT_NOT_FOUND', 'There is no such product.');
  const sum = (numberOf: (variant: (typeof variants)[number]) => number) =>
    variants.reduce((total, variant) => total + numberOf(variant), 0);
  return {
    productId: first.productId,
    businessId: first.businessId,
    productName: first.productName,
    stock: sum(({ stock }) => stock),
    reserved: sum(({ reserved }) => reserved),
    available: sum(({ available }) => available),
    inStock: variants.some(({ isActive, available }) => isActive && available > 0),
    lowVariants: variants.filter(({ isActive, isLow }) => isActive && isLow).length,
    liveReservations: sum(({ liveReservations }) => liveReservations),
    variants: variants.map(({ liveReservations, ...row }) => ({ ...toInventoryItemView(row), liveReservations })),
    movements: movements.map(toMovementView),
  };
}
