import type { Order, OrderLine } from './order-state.js';

/** An order with its lines, as Prisma reads it and as our own SQL aliases its columns. */
export type OrderRow = Readonly<Record<keyof Omit<Order, 'lines'>, unknown>> & {
  readonly version: number;
  readonly lines: readonly LineRow[];
};

type Paise = bigint | number;

/** Lines that SQL aggregates as JSON have numbers for paise; they are safe integers. */
export type LineRow = {
  readonly [Field in keyof OrderLine]: bigint extends OrderLine[Field] ? OrderLine[Field] | Paise : OrderLine[Field];
};

/** Field → column. The statements and both mappings are made from these two tables. */
export const ORDER_COLUMNS: Readonly<Record<keyof Omit<Order, 'lines'>, string>> = {
  id: 'id',
  orderNumber: 'order_number',
  businessId: 'business_id',
  tenantId: 'tenant_id',
  userId: 'user_id',
  customerId: 'customer_id',
  customerVersion: 'customer_version',
  sellerId: 'seller_id',
  shareLinkId: 'share_link_id',
  buyerName: 'buyer_name',
  buyerEmail: 'buyer_email',
  buyerPhone: 'buyer_phone',
  shippingAddress: 'shipping_address',
  paymentMethod: 'payment_method',
  currency: 'currency',
  pricesIncludeTax: 'prices_include_tax',
  subtotalPaise: 'subtotal_paise',
  discountPaise: 'discount_paise',
  taxPaise: 'tax_paise',
  shippingPaise: 'shipping_paise',
  totalPaise: 'total_paise',
  commissionPaise: 'commission_paise',
  status: 'status',
  paymentStatus: 'payment_status',
  fulfillmentStatus: 'fulfillment_status',
  paymentExpiresAt: 'payment_expires_at',
  failedAttempts: 'failed_attempts',
  paidAt: 'paid_at',
  paymentId: 'payment_id',
  gatewayPaymentId: 'gateway_payment_id',
  refundedPaise: 'refunded_paise',
  carrier: 'carrier',
  trackingNumber: 'tracking_number',
  trackingUrl: 'tracking_url',
  shippedAt: 'shipped_at',
  deliveredAt: 'delivered_at',
  cancelledAt: 'cancelled_at',
  cancelledBy: 'cancelled_by',
  cancelReason: 'cancel_reason',
  returnedAt: 'returned_at',
  buyerForgottenAt: 'buyer_forgotten_at',
  notes: 'notes',
  source: 'source',
  orderType: 'order_type',
  version: 'version',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
};

export const LINE_COLUMNS: Readonly<Record<keyof OrderLine, string>> = {
  id: 'id',
  position: 'position',
  productId: 'product_id',
  variantId: 'variant_id',
  sku: 'sku',
  name: 'name',
  variantName: 'variant_name',
  imageUrl: 'image_url',
  hsn: 'hsn',
  mrpPaise: 'mrp_paise',
  quantity: 'quantity',
  basePricePaise: 'base_price_paise',
  unitPricePaise: 'unit_price_paise',
  subtotalPaise: 'subtotal_paise',
  discountPaise: 'discount_paise',
  taxRateBps: 'tax_rate_bps',
  taxPaise: 'tax_paise',
  cgstPaise: 'cgst_paise',
  sgstPaise: 'sgst_paise',
  igstPaise: 'igst_paise',
  totalPaise: 'total_paise',
  commissionPaise: 'commission_paise',
  fulfilledQuantity: 'fulfilled_quantity',
  returnedQuantity: 'returned_quantity',
};

/** The one place where a row is taken to be an order: the checks on the tables keep its words and amounts right. */
export function orderOf(row: OrderRow): Order {
  return { ...row, lines: row.lines.map(lineOf) } as Order;
}

function lineOf(row: LineRow): OrderLine {
  return {
    ...row,
    mrpPaise: row.mrpPaise === null ? null : BigInt(row.mrpPaise),
    basePricePaise: BigInt(row.basePricePaise),
    unitPricePaise: BigInt(row.unitPricePaise),
    subtotalPaise: BigInt(row.subtotalPaise),
    discountPaise: BigInt(row.discountPaise),
    taxPaise: BigInt(row.taxPaise),
    cgstPaise: BigInt(row.cgstPaise),
    sgstPaise: BigInt(row.sgstPaise),
    igstPaise: BigInt(row.igstPaise),
    totalPaise: BigInt(row.totalPaise),
    commissionPaise: BigInt(row.commissionPaise),
  };
}

/** A record with its columns' names, for `jsonb_populate_record`. */
export function columnsOf<Field extends string>(
  columns: Readonly<Record<Field, string>>,
  record: Readonly<Record<Field, unknown>>,
): Record<string, unknown> {
  const fields = Object.entries(columns) as [Field, string][];
  return Object.fromEntries(fields.map(([field, column]) => [column, wireValue(record[field])]));
}

/** Paise as digits: jsonb_populate_record reads `"150000"` into a bigint column without passing through a float. */
const wireValue = (value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
