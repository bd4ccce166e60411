import { z } from 'zod';
import { DEFAULT_BUSINESS_SETTINGS, DEFAULT_TENANT_ID, PAYMENT_FAILURE_POLICIES } from '@reseller/contracts';
import {
  isoInstant,
  pageOf,
  pageQuery,
  percent,
  queryFlag,
  rupees,
  searchText,
  shortText,
  upperEnum,
  uuid,
} from '@reseller/http';
import { paiseFromRupees, rupeesFromPaise } from '@reseller/money';
import type { Business, BusinessSettings } from './business.js';

const TAX_PERCENT_MAX = 100;
const MARGIN_PERCENT_MAX = 10_000;
const PAYMENT_WINDOW_MINUTES_MAX = 1_440;
const RETURN_WINDOW_DAYS_MAX = 365;

const bpsOf = (percent: number): number => Math.round(percent * 100);
const percentOf = (bps: number): number => bps / 100;

const settings = z.strictObject({
  /** Whether the prices of products include GST. */
  pricesIncludeTax: z.boolean(),
  defaultTaxRatePercent: percent(TAX_PERCENT_MAX),
  /** Place of business: two-letter GST state code or name; null: every sale counts as within one state. */
  state: shortText(50).nullable(),
  /** Per order, in rupees. */
  shippingFee: rupees({ max: 100_000 }),
  /** Whether resellers earn on orders that they place themselves. */
  selfPurchaseCommission: z.boolean(),
  cashOnDelivery: z.boolean(),
  /** The most a reseller may add to the base price. */
  maxMarginPercent: percent(MARGIN_PERCENT_MAX),
  /** Minutes that an order waits for its payment, and again after a failed attempt, 60 in all; null: as the platform is set. */
  paymentWindowMinutes: z.int().min(1).max(PAYMENT_WINDOW_MINUTES_MAX).nullable(),
  /** After a failed payment the customer may try again (`KEEP`) or the order is cancelled; null: as the platform is set. */
  paymentFailurePolicy: upperEnum(PAYMENT_FAILURE_POLICIES).nullable(),
  returnWindowDays: z
    .int()
    .min(0)
    .max(RETURN_WINDOW_DAYS_MAX)
    .describe(
      'Days after delivery in which goods may come back. Published with the business; nothing enforces it before there are returns.',
    ),
});
const someSettings = settings.partial();

export const createBusinessBody = z.strictObject({
  name: shortText(200),
  /** Whom it belongs to; the default tenant unless said, and for good. */
  tenantId: uuid().default(DEFAULT_TENANT_ID),
  settings: someSettings.default({}),
});
export type CreateBusinessBody = z.infer<typeof createBusinessBody>;

export const updateBusinessBody = z.strictObject({
  name: shortText(200).optional(),
  isActive: z.boolean().optional(),
  settings: someSettings.optional(),
  /** The version that the change was made to, as `If-Match` says it. */
  version: z.int().positive().optional(),
  /** Why; kept in the audit log. */
  reason: shortText(1_000).nullish(),
});
export type UpdateBusinessBody = z.infer<typeof updateBusinessBody>;

/** Settings as the API writes them, in the units that we keep; what is not said stays absent. */
export function settingsOf(given: z.infer<typeof someSettings>): Partial<BusinessSettings> {
  const { defaultTaxRatePercent, shippingFee, maxMarginPercent, ...same } = given;
  return {
    ...same,
    ...(defaultTaxRatePercent === undefined ? {} : { defaultTaxRateBps: bpsOf(defaultTaxRatePercent) }),
    ...(shippingFee === undefined ? {} : { shippingFeePaise: paiseFromRupees(shippingFee) }),
    ...(maxMarginPercent === undefined ? {} : { maxMarginBps: bpsOf(maxMarginPercent) }),
  };
}

/** What a business starts with unless it says otherwise. */
export function defaultSettings(): BusinessSettings {
  const { shippingFeePaise, ...same } = DEFAULT_BUSINESS_SETTINGS;
  return { ...same, shippingFeePaise: BigInt(shippingFeePaise) };
}

export const listBusinessesQuery = z.strictObject({
  ...pageQuery(['createdAt', 'name']),
  isActive: queryFlag().optional(),
  tenantId: uuid().optional(),
  q: searchText().optional(),
});
export type ListBusinessesQuery = z.infer<typeof listBusinessesQuery>;

export const businessView = z
  .object({
    id: uuid(),
    tenantId: uuid(),
    name: z.string(),
    isActive: z.boolean(),
    settings: z.object(settings.shape),
    version: z.int(),
    createdAt: isoInstant(),
    updatedAt: isoInstant(),
  })
  .meta({ id: 'Business' });

export const businessPage = pageOf(businessView);

export const toBusinessView = (business: Business): z.infer<typeof businessView> => ({
  id: business.id,
  tenantId: business.tenantId,
  name: business.name,
  isActive: business.isActive,
  settings: {
    pricesIncludeTax: business.pricesIncludeTax,
    defaultTaxRatePercent: percentOf(business.defaultTaxRateBps),
    state: business.state,
    shippingFee: rupeesFromPaise(business.shippingFeePaise),
    selfPurchaseCommission: business.selfPurchaseCommission,
    cashOnDelivery: business.cashOnDelivery,
    maxMarginPercent: percentOf(business.maxMarginBps),
    paymentWindowMinutes: business.paymentWindowMinutes,
    paymentFailurePolicy: business.paymentFailurePolicy,
    returnWindowDays: business.returnWindowDays,
  },
  version: Number(business.version),
  createdAt: business.createdAt.toISOString(),
  updatedAt: business.updatedAt.toISOString(),
});
