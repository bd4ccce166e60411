import { conflict, unprocessable, type DomainError } from '@reseller/runtime';
import { newProduct, patchProduct, saysTheSame, type ProductPatch } from '../products/product-patch.js';
import type { Product, Variant } from '../products/product.js';
import type { ProductRow } from './import-rows.schemas.js';

export interface SheetRow {
  readonly line: number;
  readonly row: ProductRow;
}

export interface SheetFacts {
  readonly businessId: string;
  /** By slug. */
  readonly categories: ReadonlyMap<string, NonNullable<Product['category']>>;
  /** A free slug for a new product of this name; it is taken then. */
  readonly slugFor: (name: string) => string;
  readonly lowStockThreshold: number;
  readonly now: Date;
  readonly newId: () => string;
}

interface Entry {
  /** Null for one that this file makes. */
  readonly before: Product | null;
  after: Product;
}

/**
 * Products as rows of a file change them, one row after the other; nothing is written before all have been read. A row
 * that is refused leaves its product as it was.
 *
 * A row is about the variant with its SKU. A SKU that is new belongs to the product with the row's slug, which an earlier
 * row may have made; without one there, it makes a product.
 */
export class ProductSheet {
  private readonly entries = new Map<string, Entry>();
  private readonly bySku = new Map<string, Entry>();
  private readonly bySlug = new Map<string, Entry>();

  constructor(
    products: readonly Product[],
    private readonly facts: SheetFacts,
  ) {
    for (const product of products) this.enter({ before: product, after: product });
  }

  /** @returns whether the row changed anything. @throws 409 or 422 for what it is refused for */
  write({ row }: SheetRow): boolean {
    const known = this.bySku.get(row.sku.toLowerCase());
    if (known !== undefined && row.slug !== undefined && row.slug !== known.after.slug) {
      throw refusal('slug', conflict('SKU_TAKEN', `this SKU belongs to the product ${known.after.slug}`));
    }
    const entry = known ?? (row.slug === undefined ? undefined : this.bySlug.get(row.slug));
    if (entry === undefined) {
      this.enter({ before: null, after: this.make(row) });
      return true;
    }
    const { categories, now, newId } = this.facts;
    const category = categoryOf(row, categories) ?? entry.after.category;
    const after = patchProduct(entry.after, patchOf(row, entry.after), { category, now, newId });
    if (saysTheSame(entry.after, after)) return false;
    entry.after = after;
    this.enter(entry);
    return true;
  }

  /** What is to be inserted, and what to be updated from what. */
  results(): { made: Product[]; changed: { before: Product; after: Product }[] } {
    const made: Product[] = [];
    const changed: { before: Product; after: Product }[] = [];
    for (const { before, after } of this.entries.values()) {
      if (before === null) made.push({ ...after, version: 1n });
      else if (after !== before) changed.push({ before, after: oneVersionLater(before, after) });
    }
    return { made, changed };
  }

  private make(row: ProductRow): Product {
    const { name, basePrice } = row;
    if (name === undefined) throw refusal('name', unprocessable('NAME_REQUIRED', 'a new product needs a name'));
    if (basePrice === undefined) {
      throw refusal('basePrice', unprocessable('BASE_PRICE_REQUIRED', 'a new product needs a base price'));
    }
    const { businessId, categories, slugFor, lowStockThreshold, now, newId } = this.facts;
    const category = categoryOf(row, categories);
    return newProduct(
      {
        name,
        description: row.description ?? null,
        sku: null,
        basePricePaise: basePrice,
        hsn: row.hsn ?? null,
        taxRateBps: bpsOf(row) ?? null,
        tags: row.tags ?? [],
        isActive: row.isActive ?? true,
        stock: 0,
        variants: [{ sku: row.sku, ...variantFieldsOf(row) }],
        images: [],
      },
      { id: newId(), businessId, category, slug: row.slug ?? slugFor(name), lowStockThreshold, now, newId },
    );
  }

  private enter(entry: Entry): void {
    this.entries.set(entry.after.id, entry);
    this.bySlug.set(entry.after.slug, entry);
    for (const { sku } of entry.after.variants) this.bySku.set(sku.toLowerCase(), entry);
  }
}

function patchOf(row: ProductRow, product: Product): ProductPatch {
  const variant = product.variants.find(({ sku }) => sku.toLowerCase() === row.sku.toLowerCase());
  const identity = variant === undefined ? { sku: row.sku } : { id: variant.id };
  return {
    name: row.name,
    description: row.description,
    basePricePaise: row.basePrice,
    hsn: row.hsn,
    taxRateBps: bpsOf(row),
    tags: row.tags,
    isActive: row.isActive,
    variants: [{ ...identity, ...variantFieldsOf(row) }],
  };
}

const variantFieldsOf = ({ price, mrp, weight, imageUrl, options, variantIsActive }: ProductRow) => ({
  pricePaise: price,
  mrpPaise: mrp,
  weightGrams: weight,
  imageUrl,
  optionValues: options,
  isActive: variantIsActive,
});

const bpsOf = ({ taxRatePercent }: ProductRow): number | undefined =>
  taxRatePercent === undefined ? undefined : Math.round(taxRatePercent * 100);

/** Null where the row names none. */
function categoryOf({ category }: ProductRow, categories: SheetFacts['categories']): Product['category'] {
  if (category === undefined) return null;
  const found = categories.get(category);
  if (found !== undefined) return found;
  throw refusal('category', unprocessable('CATEGORY_UNKNOWN', 'the business has no category with this slug'));
}

/** Variants that say the same stay the same objects: what is not changed is not written. */
function oneVersionLater(before: Product, after: Product): Product {
  const known = new Map(before.variants.map((variant) => [variant.id, variant]));
  const unchangedOr = (variant: Variant): Variant => {
    const old = known.get(variant.id);
    return old !== undefined && saysTheSame(old, variant) ? old : variant;
  };
  return { ...after, variants: after.variants.map(unchangedOr), version: before.version + 1n };
}

/** The same refusal, with the column that it is about. */
function refusal(path: string, error: DomainError): DomainError {
  return Object.assign(error, { details: { ...error.details, path } });
}
