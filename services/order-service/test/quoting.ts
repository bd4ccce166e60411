import { DEFAULT_BUSINESS_ID } from '@reseller/contracts';
import { addedTax, applyBps, includedTax } from '@reseller/money';
import { problem, type StandInAnswer } from '@reseller/testing';

export const PRODUCT_ID = '0195f000-0000-7000-8000-00000000000a';
export const OTHER_PRODUCT_ID = '0195f000-0000-7000-8000-00000000000b';
export const VARIANT_ID = '0195f000-0000-7000-8000-0000000000a1';
export const OTHER_VARIANT_ID = '0195f000-0000-7000-8000-0000000000b1';

const CATALOGUE: Readonly<Record<string, { variantId: string; basePaise: number; sku: string }>> = {
  [PRODUCT_ID]: { variantId: VARIANT_ID, basePaise: 100_000, sku: 'TSHIRT' },
  [OTHER_PRODUCT_ID]: { variantId: OTHER_VARIANT_ID, basePaise: 50_000, sku: 'MUG' },
};

export interface QuoteRules {
  readonly businessId?: string;
  readonly pricesIncludeTax?: boolean;
  readonly shippingPaise?: number;
}

interface Asked {
  readonly sellerId?: string;
  readonly link?: { sellerPricePaise: number | null; productId: string | null };
  readonly items: readonly { productId: string; quantity: number; sellerPricePaise?: number }[];
}

/** A quote as the pricing service would give it: GST 18 %, commission 10 % of the sale for a seller. */
export function quote(asked: Asked, rules: QuoteRules = {}): StandInAnswer {
  const pricesIncludeTax = rules.pricesIncludeTax ?? true;
  const shippingPaise = rules.shippingPaise ?? 0;
  if (asked.items.some(({ productId }) => CATALOGUE[productId] === undefined)) return problem(404, 'PRODUCT_NOT_FOUND');
  const lines = asked.items.map((item) => {
    const product = CATALOGUE[item.productId];
    if (product === undefined) throw new Error('checked above');
    const isLinked =
      asked.link !== undefined && (asked.link.productId === null || asked.link.productId === item.productId);
    const linkPrice = isLinked ? asked.link?.sellerPricePaise : null;
    const unitPricePaise = linkPrice ?? item.sellerPricePaise ?? product.basePaise;
    const subtotal = BigInt(unitPricePaise * item.quantity);
    const tax = pricesIncludeTax ? includedTax(subtotal, 1_800) : addedTax(subtotal, 1_800);
    return {
      productId: item.productId,
      variantId: product.variantId,
      sku: product.sku,
      name: product.sku,
      variantName: null,
      imageUrl: null,
      hsn: '6109',
      mrpPaise: 200_000,
      quantity: item.quantity,
      basePricePaise: product.basePaise,
      unitPricePaise,
      subtotalPaise: Number(subtotal),
      discountPaise: 0,
      taxRateBps: 1_800,
      taxPaise: Number(tax),
      taxLegs: { cgstPaise: 0, sgstPaise: 0, igstPaise: Number(tax) },
      totalPaise: Number(pricesIncludeTax ? subtotal : subtotal + tax),
      commissionPaise: asked.sellerId === undefined ? 0 : Number(applyBps(subtotal, 1_000)),
    };
  });
  const sum = (of: 'subtotalPaise' | 'taxPaise' | 'totalPaise' | 'commissionPaise') =>
    lines.reduce((total, line) => total + line[of], 0);
  return {
    status: 200,
    body: {
      businessId: rules.businessId ?? DEFAULT_BUSINESS_ID,
      currency: 'INR',
      pricesIncludeTax,
      subtotalPaise: sum('subtotalPaise'),
      discountPaise: 0,
      taxPaise: sum('taxPaise'),
      shippingPaise,
      totalPaise: sum('totalPaise') + shippingPaise,
      commissionPaise: sum('commissionPaise'),
      lines,
    },
  };
}
