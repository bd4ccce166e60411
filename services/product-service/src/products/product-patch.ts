import type { Paise } from '@reseller/money';
import { draftImages, draftVariants, mergeVariants, type Product, type VariantDraft } from './product.js';

export interface ImageDraft {
  readonly url: string;
  readonly alt?: string | null | undefined;
  readonly isPrimary?: boolean | undefined;
}

/** What somebody says of a product that is to be. */
export interface ProductDraft {
  readonly name: string;
  readonly description: string | null;
  readonly sku: string | null;
  readonly basePricePaise: Paise;
  readonly hsn: string | null;
  readonly taxRateBps: number | null;
  readonly tags: readonly string[];
  readonly isActive: boolean;
  /** Of the default variant, where there are no others. */
  readonly stock: number;
  readonly variants: readonly VariantDraft[];
  readonly images: readonly ImageDraft[];
}

/** What is undefined stays as it is; null clears. */
export interface ProductPatch {
  readonly name?: string | undefined;
  readonly slug?: string | undefined;
  readonly description?: string | null | undefined;
  readonly sku?: string | null | undefined;
  readonly basePricePaise?: Paise | undefined;
  readonly categoryId?: string | null | undefined;
  readonly hsn?: string | null | undefined;
  readonly taxRateBps?: number | null | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly isActive?: boolean | undefined;
  readonly lowStockThreshold?: number | undefined;
  /** By id, or new without one; variants that are not named stay. */
  readonly variants?: readonly VariantDraft[] | undefined;
  /** Replaces all images. */
  readonly images?: readonly ImageDraft[] | undefined;
}

export interface NewProductFacts {
  readonly id: string;
  readonly businessId: string;
  readonly category: Product['category'];
  readonly slug: string;
  readonly lowStockThreshold: number;
  readonly now: Date;
  readonly newId: () => string;
}

/** @throws 422 as in {@link draftVariants} */
export function newProduct(draft: ProductDraft, { now, newId, ...facts }: NewProductFacts): Product {
  const { name, description, sku, basePricePaise, hsn, taxRateBps, tags, isActive, stock } = draft;
  return {
    ...facts,
    name,
    description,
    sku,
    basePricePaise,
    hsn,
    taxRateBps,
    tags,
    isActive,
    version: 1n,
    variants: draftVariants(draft.variants, { newId, slug: facts.slug, basePricePaise, stock }),
    images: draftImages(draft.images),
    createdAt: now,
    updatedAt: now,
  };
}

export interface PatchFacts {
  /** As it will be; `patch.categoryId` has been looked up. */
  readonly category: Product['category'];
  readonly now: Date;
  readonly newId: () => string;
}

/** @throws 422 or 409 as in {@link mergeVariants} */
export function patchProduct(before: Product, patch: ProductPatch, { category, now, newId }: PatchFacts): Product {
  const basePricePaise = patch.basePricePaise ?? before.basePricePaise;
  const slug = patch.slug ?? before.slug;
  return {
    ...before,
    name: patch.name ?? before.name,
    slug,
    description: kept(patch.description, before.description),
    sku: kept(patch.sku, before.sku),
    basePricePaise,
    category,
    hsn: kept(patch.hsn, before.hsn),
    taxRateBps: kept(patch.taxRateBps, before.taxRateBps),
    tags: patch.tags ?? before.tags,
    isActive: patch.isActive ?? before.isActive,
    lowStockThreshold: patch.lowStockThreshold ?? before.lowStockThreshold,
    variants: mergeVariants(repriced(before, basePricePaise), patch.variants ?? [], { newId, slug, basePricePaise }),
    images: patch.images === undefined ? before.images : draftImages(patch.images),
    version: before.version + 1n,
    updatedAt: now,
  };
}

/** Without options the base price is the price: the default variant follows it. */
function repriced(before: Product, basePricePaise: Paise): Product['variants'] {
  if (basePricePaise === before.basePricePaise) return before.variants;
  return before.variants.map((variant) =>
    variant.isDefault && variant.pricePaise === before.basePricePaise
      ? { ...variant, pricePaise: basePricePaise }
      : variant,
  );
}

/** Whether two states of a product or variant say the same, whenever and as whichever version. */
export function saysTheSame(left: object, right: object): boolean {
  return said(left) === said(right);
}

function said(thing: object): string {
  return JSON.stringify(thing, (key, value: unknown) => {
    if (key === 'version' || key === 'updatedAt') return undefined;
    return typeof value === 'bigint' ? `${value}` : value;
  });
}

const kept = <T>(patched: T | undefined, before: T): T => (patched === undefined ? before : patched);
