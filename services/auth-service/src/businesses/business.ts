import {
  BusinessCreated,
  BusinessUpdated,
  DEFAULT_BUSINESS_ID,
  eventOf,
  type DomainEvent,
  type EventOf,
  type PaymentFailurePolicy,
} from '@reseller/contracts';
import { unprocessable } from '@reseller/runtime';
import { newVersionOf } from '../new-version.js';

/** How a business sells. Rates in basis points, money in paise. */
export interface BusinessSettings {
  readonly pricesIncludeTax: boolean;
  readonly defaultTaxRateBps: number;
  readonly state: string | null;
  readonly shippingFeePaise: bigint;
  readonly selfPurchaseCommission: boolean;
  readonly cashOnDelivery: boolean;
  readonly maxMarginBps: number;
  readonly paymentWindowMinutes: number | null;
  readonly paymentFailurePolicy: PaymentFailurePolicy | null;
  readonly returnWindowDays: number;
}

export interface Business extends BusinessSettings {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly isActive: boolean;
  readonly version: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type BusinessChanges = Partial<BusinessSettings & Pick<Business, 'name' | 'isActive'>>;

/**
 * The business in a new version; the same object when nothing differs.
 * @throws 422 DEFAULT_BUSINESS_REQUIRED: whatever names no business belongs to the default one, so it stays open.
 */
export function withChanges(business: Business, changes: BusinessChanges, now: Date): Business {
  const after = newVersionOf(business, changes, now);
  if (business.id === DEFAULT_BUSINESS_ID && business.isActive && !after.isActive) {
    throw unprocessable('DEFAULT_BUSINESS_REQUIRED', 'The default business cannot be closed.');
  }
  return after;
}

/** What other services keep of a business. */
export const snapshotOf = (business: Business): EventOf<typeof BusinessUpdated>['data'] => ({
  businessId: business.id,
  tenantId: business.tenantId,
  name: business.name,
  isActive: business.isActive,
  settings: {
    pricesIncludeTax: business.pricesIncludeTax,
    defaultTaxRateBps: business.defaultTaxRateBps,
    state: business.state,
    shippingFeePaise: Number(business.shippingFeePaise),
    selfPurchaseCommission: business.selfPurchaseCommission,
    cashOnDelivery: business.cashOnDelivery,
    maxMarginBps: business.maxMarginBps,
    paymentWindowMinutes: business.paymentWindowMinutes,
    paymentFailurePolicy: business.paymentFailurePolicy,
    returnWindowDays: business.returnWindowDays,
  },
});

export function businessEvent(
  definition: typeof BusinessCreated | typeof BusinessUpdated,
  business: Business,
  actor: string,
): DomainEvent {
  return eventOf(definition, {
    aggregateId: business.id,
    aggregateVersion: business.version,
    occurredAt: business.updatedAt,
    businessId: business.id,
    actor,
    data: snapshotOf(business),
  });
}
