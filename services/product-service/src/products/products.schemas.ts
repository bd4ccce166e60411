import { z } from 'zod';
import {
  bodyText,
  isoInstant,
  pageQuery,
  percent,
  queryFlag,
  rupees,
  rupeesText,
  searchText,
  shortText,
  uuid,
} from '@reseller/http';
import { paiseFromRupees, rupeesFromPaise } from '@reseller/money';
import type { CreateProductCommand } from './create-product.js';
import { IMAGES_MAX, OPTIONS_MAX, VARIANTS_MAX, type Product, type Variant, type VariantDraft } from './product.js';
import { isSlug } from './slug.js';
import type { ProductPatch } from './product-patch.js';

export const STOCK_MAX = 1_000_000_000;
export const THRESHOLD_MAX = 1_000_000;

export const httpUrl = () => z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2_048);
const quantity = () => z.int().min(0).max(STOCK_MAX);
export const slug = () => shortText(100).refine(isSlug, 'must be lower-case letters and digits, joined by hyphens');
export const sku = () => shortText(64);
export const hsn = () => z.string().regex(/^\d{2}(\d{2}){0,3}$/, 'must be an HSN code of 2, 4, 6 or 8 digits');

/** What joins several in one cell of a CSV file stands in none of them: a file of products comes back as it went. */
const without = (separators: readonly string[], max: number) =>
  shortText(max).refine(
    (text) => !separators.some((separator) => text.includes(separator)),
    `must not contain ${separators.join(' or ')}, which joins them in CSV files`,
  );

export const tags = () =>
  z
    .array(without(['|'], 40).transform((tag) => tag.toLowerCase()))
    .max(20)
    .transform((list) => [...new Set(list)]);

export const optionValues = () =>
  z
    .array(z.strictObject({ optionName: without([';', '='], 40), value: without([';'], 60) }))
    .max(OPTIONS_MAX)
    .refine(
      (list) => new Set(list.map(({ optionName }) => optionName.toLowerCase())).size === list.length,
      'an option may be named once',
    );

const variantFields = {
  sku: sku().optional(),
  price: rupees().optional(),
  mrp: rupees().nullish(),
  /** Grams. */
  weight: z.int().min(0).max(10_000_000).nullish(),
  imageUrl: httpUrl().nullish(),
  optionValues: optionValues().optional(),
  isActive: z.boolean().optional(),
  stock: quantity().optional(),
};

const newVariant = z.strictObject(variantFields);
const patchedVariant = z
  .strictObject({ id: uuid().optional(), ...variantFields })
  .refine(({ id, stock }) => id === undefined || stock === undefined, {
    path: ['stock'],
    message: 'the stock of an existing variant is changed by POST /inventory/adjustments',
  });
const image = z.strictObject({ url: httpUrl(), alt: shortText(200).nullish(), isPrimary: z.boolean().optional() });

const productFields = {
  slug: slug().optional(),
  isActive: z.boolean().optional(),
  tags: tags().optional(),
  lowStockThreshold: z.int().min(0).max(THRESHOLD_MAX).optional(),
};

export const createProductBody = z
  .strictObject({
    ...productFields,
    name: shortText(200),
    description: bodyText(20_000).nullish(),
    basePrice: rupees(),
    categoryId: uuid().nullish(),
    businessId: uuid().optional(),
    sku: sku().nullish(),
    hsn: hsn().nullish(),
    taxRatePercent: percent().nullish(),
    stock: quantity().optional(),
    variants: z.array(newVariant).max(VARIANTS_MAX).default([]),
    images: z.array(image).max(IMAGES_MAX).default([]),
  })
  .refine(({ stock, variants }) => stock === undefined || variants.length === 0, {
    path: ['stock'],
    message: 'is of a product without variants; otherwise each variant has its own',
  });
export type CreateProductBody = z.infer<typeof createProductBody>;

export const updateProductBody = z.strictObject({
  ...productFields,
  name: shortText(200).optional(),
  description: bodyText(20_000).nullish(),
  basePrice: rupees().optional(),
  categoryId: uuid().nullish(),
  sku: sku().nullish(),
  hsn: hsn().nullish(),
  taxRatePercent: percent().nullish(),
  variants: z.array(patchedVariant).max(VARIANTS_MAX).optional(),
  images: z.array(image).max(IMAGES_MAX).optional(),
});
export type UpdateProductBody = z.infer<typeof updateProductBody>;

export const price = () => rupeesText().optional();

const page = pageQuery(['createdAt', 'name', 'basePrice']);
/** Tolerant of parameters that it does not know: links to a shop carry the marks of those who shared them. */
export const listProductsQuery = z.object({
  ...page,
  sort: z.enum(['createdAt', '-createdAt', 'name', '-name', 'basePrice', '-basePrice']).optional(),
  q: searchText().optional(),
  categoryId: uuid().optional(),
  businessId: uuid().optional(),
  isActive: queryFlag().optional(),
  inStock: queryFlag().optional(),
  minPrice: price(),
  maxPrice: price(),
  tag: shortText(40)
    .transform((tag) => tag.toLowerCase())
    .optional(),
});
export type ListProductsQuery = z.infer<typeof listProductsQuery>;

export const slugQuery = z.object({ businessId: uuid().optional() });

const variantView = z.object({
  id: uuid(),
  sku: z.string(),
  name: z.string().nullable(),
  price: z.number(),
  mrp: z.number().nullable(),
  weight: z.int().nullable(),
  imageUrl: z.string().nullable(),
  optionValues: z.array(z.object({ optionName: z.string(), value: z.string() })),
  isDefault: z.boolean(),
  isActive: z.boolean(),
  stock: z.int(),
  available: z.int(),
  inStock: z.boolean(),
});

export const productView = z
  .object({
    id: uuid(),
    businessId: uuid(),
    name: z.string(),
    slug: z.string(),
    description: z.string().nullable(),
    sku: z.string().nullable(),
    basePrice: z.number(),
    hsn: z.string().nullable(),
    taxRatePercent: z.number().nullable(),
    tags: z.array(z.string()),
    isActive: z.boolean(),
    inStock: z.boolean(),
    lowStockThreshold: z.int(),
    category: z.object({ id: uuid(), name: z.string(), slug: z.string() }).nullable(),
    variants: z.array(variantView),
    images: z.array(z.object({ url: z.string(), alt: z.string().nullable(), isPrimary: z.boolean() })),
    version: z.int(),
    createdAt: isoInstant(),
    updatedAt: isoInstant(),
  })
  .meta({ id: 'Product' });
export type ProductView = z.infer<typeof productView>;

/** @param withInactive administrators see variants that are no longer sold as well */
export function toProductView(product: Product, withInactive: boolean): ProductView {
  const variants = product.variants.filter(({ isActive }) => withInactive || isActive).map(toVariantView);
  return {
    id: product.id,
    businessId: product.businessId,
    name: product.name,
    slug: product.slug,
    description: product.description,
    sku: product.sku,
    basePrice: rupeesFromPaise(product.basePricePaise),
    hsn: product.hsn,
    taxRatePercent: product.taxRateBps === null ? null : product.taxRateBps / 100,
    tags: [...product.tags],
    isActive: product.isActive,
    inStock: variants.some(({ inStock }) => inStock),
    lowStockThreshold: product.lowStockThreshold,
    category: product.category,
    variants,
    images: product.images.map(({ url, alt, isPrimary }) => ({ url, alt, isPrimary })),
    version: Number(product.version),
    createdAt: product.createdAt.toISOString(),
    updatedAt: product.updatedAt.toISOString(),
  };
}

function toVariantView(variant: Variant): ProductView['variants'][number] {
  const available = variant.stock - variant.reserved;
  return {
    id: variant.id,
    sku: variant.sku,
    name: variant.name,
    price: rupeesFromPaise(variant.pricePaise),
    mrp: variant.mrpPaise === null ? null : rupeesFromPaise(variant.mrpPaise),
    weight: variant.weightGrams,
    imageUrl: variant.imageUrl,
    optionValues: [...variant.optionValues],
    isDefault: variant.isDefault,
    isActive: variant.isActive,
    stock: variant.stock,
    available,
    inStock: variant.isActive && available > 0,
  };
}

type NewProduct = Omit<CreateProductCommand, 'id' | 'actor' | 'remember'>;

export function toNewProduct(body: CreateProductBody): NewProduct {
  const { name, slug: chosenSlug, businessId, lowStockThreshold, images } = body;
  return {
    name,
    slug: chosenSlug,
    businessId,
    lowStockThreshold,
    images,
    description: body.description ?? null,
    basePricePaise: paiseFromRupees(body.basePrice),
    categoryId: body.categoryId ?? null,
    sku: body.sku ?? null,
    hsn: body.hsn ?? null,
    taxRateBps: toBps(body.taxRatePercent) ?? null,
    tags: body.tags ?? [],
    isActive: body.isActive ?? true,
    stock: body.stock ?? 0,
    variants: body.variants.map(toVariantDraft),
  };
}

export function toProductPatch({ basePrice, taxRatePercent, variants, ...rest }: UpdateProductBody): ProductPatch {
  return {
    ...rest,
    basePricePaise: basePrice === undefined ? undefined : paiseFromRupees(basePrice),
    taxRateBps: toBps(taxRatePercent),
    variants: variants?.map(toVariantDraft),
  };
}

function toVariantDraft({ price: rupeePrice, mrp, weight, ...rest }: z.infer<typeof patchedVariant>): VariantDraft {
  return {
    ...rest,
    pricePaise: rupeePrice === undefined ? undefined : paiseFromRupees(rupeePrice),
    mrpPaise: typeof mrp === 'number' ? paiseFromRupees(mrp) : mrp,
    weightGrams: weight,
  };
}

/** Percent with two decimals is basis points: the schema admitted no third decimal. */
const toBps = (value: number | null | undefined): number | null | undefined =>
  typeof value === 'number' ? Math.round(value * 100) : value;
