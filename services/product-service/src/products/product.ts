import type { Paise } from '@reseller/money';
import { conflict, unprocessable } from '@reseller/runtime';
import { newSku } from './sku.js';

export const VARIANTS_MAX = 100;
export const IMAGES_MAX = 20;
export const OPTIONS_MAX = 3;

export interface OptionValue {
  readonly optionName: string;
  readonly value: string;
}

export interface Variant {
  readonly id: string;
  readonly sku: string;
  /** `Red / L`; null without options. */
  readonly name: string | null;
  readonly pricePaise: Paise;
  readonly mrpPaise: Paise | null;
  readonly weightGrams: number | null;
  readonly imageUrl: string | null;
  readonly optionValues: readonly OptionValue[];
  readonly isDefault: boolean;
  readonly isActive: boolean;
  readonly position: number;
  readonly stock: number;
  readonly reserved: number;
}

export interface ProductImage {
  readonly url: string;
  readonly alt: string | null;
  readonly isPrimary: boolean;
}

export interface Product {
  readonly id: string;
  readonly businessId: string;
  readonly category: { readonly id: string; readonly name: string; readonly slug: string } | null;
  readonly name: string;
  readonly slug: string;
  readonly description: string | null;
  readonly sku: string | null;
  readonly basePricePaise: Paise;
  readonly hsn: string | null;
  readonly taxRateBps: number | null;
  readonly tags: readonly string[];
  readonly isActive: boolean;
  readonly lowStockThreshold: number;
  readonly version: bigint;
  readonly variants: readonly Variant[];
  readonly images: readonly ProductImage[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A variant as an administrator describes it. With an id it changes that one, without it is new. */
export interface VariantDraft {
  readonly id?: string | undefined;
  readonly sku?: string | undefined;
  readonly pricePaise?: Paise | undefined;
  readonly mrpPaise?: Paise | null | undefined;
  readonly weightGrams?: number | null | undefined;
  readonly imageUrl?: string | null | undefined;
  readonly optionValues?: readonly OptionValue[] | undefined;
  readonly isActive?: boolean | undefined;
  readonly stock?: number | undefined;
}

/** The combination, independent of order and case: what makes two variants the same. Empty without options. */
export function optionKeyOf(values: readonly OptionValue[]): string {
  if (values.length === 0) return '';
  const pairs = values.map(({ optionName, value }) => [folded(optionName), folded(value)] as const);
  return JSON.stringify(pairs.sort(([left], [right]) => (left < right ? -1 : 1)));
}

export function variantNameOf(values: readonly OptionValue[]): string | null {
  return values.length === 0 ? null : values.map(({ value }) => value).join(' / ');
}

interface VariantContext {
  readonly newId: () => string;
  readonly slug: string;
  readonly basePricePaise: Paise;
}

/** The variants of a new product. One that names none gets a default variant, so that stock always has a place. */
export function draftVariants(
  drafts: readonly VariantDraft[],
  context: VariantContext & { readonly stock: number },
): Variant[] {
  const wanted = drafts.length === 0 ? [{ stock: context.stock }] : drafts;
  const variants = wanted.map((draft, position) => newVariant(draft, position, context));
  checkVariants(variants);
  return variants;
}

/**
 * A product's variants after a change. Once it has variants with options, the default variant of a product without any is
 * retired: it stays in the books and is sold no more.
 *
 * @throws 422 VARIANT_UNKNOWN, DUPLICATE_VARIANT, VARIANT_OPTIONS_DIFFER, TOO_MANY_VARIANTS or NO_ACTIVE_VARIANT.
 */
export function mergeVariants(
  current: readonly Variant[],
  drafts: readonly VariantDraft[],
  context: VariantContext,
): Variant[] {
  const changes = new Map(drafts.flatMap((draft) => (draft.id === undefined ? [] : [[draft.id, draft] as const])));
  for (const id of changes.keys()) {
    if (!current.some((variant) => variant.id === id)) {
      throw unprocessable('VARIANT_UNKNOWN', 'The product has no such variant.', { variantId: id });
    }
  }
  const kept = current.map((variant) => changedVariant(variant, changes.get(variant.id)));
  const added = drafts
    .filter((draft) => draft.id === undefined)
    .map((draft, index) => newVariant(draft, current.length + index, context));
  const hasOptions = [...kept, ...added].some((variant) => variant.isActive && variant.optionValues.length > 0);
  const merged = [
    ...kept.map((variant) => (variant.isDefault && hasOptions ? { ...variant, isActive: false } : variant)),
    ...added,
  ];
  checkVariants(merged);
  return merged;
}

function newVariant(draft: VariantDraft, position: number, { newId, slug, basePricePaise }: VariantContext): Variant {
  const id = newId();
  const optionValues = draft.optionValues ?? [];
  return {
    id,
    sku: draft.sku ?? newSku(slug, id),
    name: variantNameOf(optionValues),
    pricePaise: draft.pricePaise ?? basePricePaise,
    mrpPaise: draft.mrpPaise ?? null,
    weightGrams: draft.weightGrams ?? null,
    imageUrl: draft.imageUrl ?? null,
    optionValues,
    isDefault: optionValues.length === 0,
    isActive: draft.isActive ?? true,
    position,
    stock: draft.stock ?? 0,
    reserved: 0,
  };
}

function changedVariant(variant: Variant, draft: VariantDraft | undefined): Variant {
  if (draft === undefined) return variant;
  const optionValues = draft.optionValues ?? variant.optionValues;
  return {
    ...variant,
    sku: draft.sku ?? variant.sku,
    name: variantNameOf(optionValues),
    pricePaise: draft.pricePaise ?? variant.pricePaise,
    mrpPaise: draft.mrpPaise === undefined ? variant.mrpPaise : draft.mrpPaise,
    weightGrams: draft.weightGrams === undefined ? variant.weightGrams : draft.weightGrams,
    imageUrl: draft.imageUrl === undefined ? variant.imageUrl : draft.imageUrl,
    optionValues,
    isDefault: optionValues.length === 0,
    isActive: draft.isActive ?? variant.isActive,
  };
}

function checkVariants(variants: readonly Variant[]): void {
  const active = variants.filter(({ isActive }) => isActive);
  if (variants.length > VARIANTS_MAX) {
    throw unprocessable('TOO_MANY_VARIANTS', `A product has at most ${VARIANTS_MAX} variants.`);
  }
  if (active.length === 0) throw unprocessable('NO_ACTIVE_VARIANT', 'A product needs at least one active variant.');
  // Inactive ones count too: a combination comes back by activating its variant, with its stock and history.
  const keys = variants.map(({ optionValues }) => optionKeyOf(optionValues));
  const twice = variants.find((_, index) => keys.indexOf(keys[index] ?? '') !== index);
  if (twice !== undefined) {
    throw unprocessable('DUPLICATE_VARIANT', 'Two variants have the same options.', { options: twice.optionValues });
  }
  const names = active.map(({ optionValues }) =>
    optionValues
      .map(({ optionName }) => folded(optionName))
      .sort()
      .join('\n'),
  );
  if (new Set(names).size > 1) {
    throw unprocessable('VARIANT_OPTIONS_DIFFER', 'All variants of a product must have the same options.');
  }
  const skus = variants.map(({ sku }) => sku.toLowerCase());
  const sameSku = variants.find((_, index) => skus.indexOf(skus[index] ?? '') !== index);
  if (sameSku !== undefined) throw conflict('SKU_TAKEN', 'Two variants have the same SKU.', { sku: sameSku.sku });
}

/** Exactly one image is the primary one: the first that says so, else the first. */
export function draftImages(
  drafts: readonly { url: string; alt?: string | null | undefined; isPrimary?: boolean | undefined }[],
): ProductImage[] {
  const primary = Math.max(
    0,
    drafts.findIndex(({ isPrimary }) => isPrimary === true),
  );
  return drafts.map(({ url, alt }, index) => ({ url, alt: alt ?? null, isPrimary: index === primary }));
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
