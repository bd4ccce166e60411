import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';

/** What is asked for: a variant, a product as a whole, or a variant that must be of the product. */
export interface WantedItem {
  readonly productId: string | null;
  readonly variantId: string | null;
  readonly quantity: number;
}

export interface ItemAvailability extends WantedItem {
  readonly isKnown: boolean;
  readonly available: number;
  readonly inStock: boolean;
}

/*
 * One statement for all items, in the order asked. A product that was asked for as a whole is in stock when one of its
 * variants has the quantity: an order line is of one variant. What is not on sale is as unknown as what never was.
 */
const AVAILABILITY = `
select coalesce(found.product_id, w.product_id) as "productId", w.variant_id as "variantId", w.quantity,
  coalesce(found.variants, 0) > 0 as "isKnown", coalesce(found.available, 0) as available,
  coalesce(found.most, 0) >= w.quantity as "inStock"
from unnest($1::uuid[], $2::uuid[], $3::int[]) with ordinality as w(product_id, variant_id, quantity, position)
left join lateral (
  select count(*)::int as variants, sum(v.stock - v.reserved)::float8 as available, max(v.stock - v.reserved) as most,
    min(v.product_id::text)::uuid as product_id
  from variants v join products p on p.id = v.product_id
  where v.deleted_at is null and v.is_active and p.is_active
    and v.id = coalesce(w.variant_id, v.id) and v.product_id = coalesce(w.product_id, v.product_id)
    and (v.id = w.variant_id or v.product_id = w.product_id)
) found on true
order by w.position`;

@Injectable()
export class AvailabilityQueries {
  constructor(private readonly database: Database) {}

  of(items: readonly WantedItem[]): Promise<ItemAvailability[]> {
    return this.database.query<ItemAvailability>(AVAILABILITY, [
      items.map(({ productId }) => productId),
      items.map(({ variantId }) => variantId),
      items.map(({ quantity }) => quantity),
    ]);
  }
}
