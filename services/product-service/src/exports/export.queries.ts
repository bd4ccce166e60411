import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';

const PAGE_ROWS = 500;

interface ExportRow {
  /** Where the next page begins. */
  readonly cursor: string;
}

export interface StockExportRow extends ExportRow {
  readonly sku: string;
  readonly productName: string;
  readonly variantName: string | null;
  readonly stock: number;
  /** The same again: people change `stock`, and this tells an import from what. */
  readonly stockWas: number;
  /** Never the same again once the stock has moved, also where it moved back. */
  readonly stockVersion: bigint;
  readonly reserved: number;
  readonly available: number;
  readonly lowStockThreshold: number;
}

/** By id, not by offset: the last page costs what the first one does, and a row that changes meanwhile is not skipped. */
const STOCK = `
select v.id as "cursor", v.sku, p.name as "productName", v.name as "variantName", v.stock,
  v.stock as "stockWas", v.stock_version as "stockVersion", v.reserved, v.stock - v.reserved as available, v.low_stock_threshold as "lowStockThreshold"
from variants v join products p on p.id = v.product_id
where v.business_id = $1::uuid and v.deleted_at is null and ($2::uuid is null or v.id > $2::uuid)
order by v.id limit $3`;

export interface ProductExportRow extends ExportRow {
  readonly sku: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly category: string | null;
  readonly basePricePaise: bigint;
  readonly hsn: string | null;
  readonly taxRateBps: number | null;
  readonly tags: readonly string[];
  readonly isActive: boolean;
  readonly optionValues: readonly { readonly optionName: string; readonly value: string }[];
  readonly pricePaise: bigint;
  readonly mrpPaise: bigint | null;
  readonly weight: number | null;
  readonly imageUrl: string | null;
  readonly variantIsActive: boolean;
}

/** A page of products with all their variants: a product is not torn apart between two pages. */
const PRODUCTS = `
select p.id as "cursor", v.sku, p.slug, p.name, p.description, c.slug as category, p.base_price_paise as "basePricePaise",
  p.hsn, p.tax_rate_bps as "taxRateBps", p.tags, p.is_active as "isActive", v.option_values as "optionValues",
  v.price_paise as "pricePaise", v.mrp_paise as "mrpPaise", v.weight_grams as weight, v.image_url as "imageUrl",
  v.is_active as "variantIsActive"
from (
  select * from products where business_id = $1::uuid and deleted_at is null and ($2::uuid is null or id > $2::uuid)
  order by id limit $3
) p
join variants v on v.product_id = p.id and v.deleted_at is null
left join categories c on c.id = p.category_id
order by p.id, v.position, v.id`;

@Injectable()
export class ExportQueries {
  constructor(private readonly database: Database) {}

  stock(businessId: string): AsyncGenerator<StockExportRow> {
    return this.pages<StockExportRow>(STOCK, businessId);
  }

  products(businessId: string): AsyncGenerator<ProductExportRow> {
    return this.pages<ProductExportRow>(PRODUCTS, businessId);
  }

  /** Reads the next page only when the last one has been sent. */
  private async *pages<Row extends ExportRow>(text: string, businessId: string): AsyncGenerator<Row, void, undefined> {
    let after: string | null = null;
    for (;;) {
      const rows: Row[] = await this.database.query<Row>(text, [businessId, after, PAGE_ROWS]);
      for (const row of rows) yield row;
      after = rows.at(-1)?.cursor ?? null;
      if (after === null) return;
    }
  }
}
