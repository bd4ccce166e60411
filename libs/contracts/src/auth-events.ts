import { z } from 'zod';
import { defineEvent, eventOf, type EventOf } from './envelope.js';
import { id, instant, nullableId, paise, rateBps } from './fields.js';
import { PLATFORM_ID, ROLES } from './services.js';

export const userSchema = z.object({
  userId: id(),
  email: z.string(),
  emailVerified: z.boolean(),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  phone: z.string().nullable(),
  roles: z.array(z.enum(ROLES)),
  isActive: z.boolean(),
  businessId: nullableId(),
});

export const UserRegistered = defineEvent({
  type: 'USER_REGISTERED',
  from: 'auth',
  aggregate: 'user',
  heardBy: ['order', 'wallet', 'notification'],
  says: 'Somebody opened an account. Opens a reseller’s wallet and is welcomed.',
  schema: userSchema.extend({
    /** What notification redeems once at auth for the verification link. */
    emailVerificationReference: z.string().nullable(),
  }),
});

export const UserUpdated = defineEvent({
  type: 'USER_UPDATED',
  from: 'auth',
  aggregate: 'user',
  heardBy: ['order', 'wallet', 'share-link', 'notification'],
  says: 'The account as it now stands: names, contact, roles, whether it is active.',
  schema: userSchema,
});

export const EmailVerified = defineEvent({
  type: 'EMAIL_VERIFIED',
  from: 'auth',
  aggregate: 'user',
  heardBy: ['order', 'notification'],
  says: 'The address belongs to the account: guest orders placed with it join the account.',
  schema: z.object({ userId: id(), email: z.string() }),
});

export const EmailVerificationRequested = defineEvent({
  type: 'EMAIL_VERIFICATION_REQUESTED',
  from: 'auth',
  aggregate: 'user',
  heardBy: ['notification'],
  says: 'A new verification link is wanted. Carries a reference that notification redeems once, never the token.',
  schema: z.object({ userId: id(), email: z.string(), reference: z.string(), expiresAt: instant() }),
});

export const PasswordResetRequested = defineEvent({
  type: 'PASSWORD_RESET_REQUESTED',
  from: 'auth',
  aggregate: 'user',
  heardBy: ['notification'],
  says: 'A reset link is wanted. Carries a reference that notification redeems once, never the token.',
  schema: z.object({ userId: id(), email: z.string(), reference: z.string(), expiresAt: instant() }),
});

export const PAYMENT_FAILURE_POLICIES = ['KEEP', 'CANCEL'] as const;
export type PaymentFailurePolicy = (typeof PAYMENT_FAILURE_POLICIES)[number];

export const businessSchema = z.object({
  businessId: id(),
  tenantId: id(),
  name: z.string(),
  isActive: z.boolean(),
  settings: z.object({
    pricesIncludeTax: z.boolean(),
    defaultTaxRateBps: rateBps(),
    /** Two-letter GST state code or name of the place of business; null: every sale is treated as intra-state. */
    state: z.string().nullable(),
    shippingFeePaise: paise(),
    selfPurchaseCommission: z.boolean(),
    cashOnDelivery: z.boolean(),
    /** The most a reseller may add to the base price. */
    maxMarginBps: z.int().min(0).max(1_000_000),
    /** How long an order waits for its payment, and again after a failed attempt; null: as the platform is set. */
    paymentWindowMinutes: z.int().min(1).max(1_440).nullable().default(null),
    /** Whether a failed payment leaves its order open for another try; null: as the platform is set. */
    paymentFailurePolicy: z.enum(PAYMENT_FAILURE_POLICIES).nullable().default(null),
    /** Days after delivery in which goods may come back. */
    returnWindowDays: z.int().min(0).max(365).default(7),
  }),
});

export const DEFAULT_BUSINESS_SETTINGS: z.infer<typeof businessSchema>['settings'] = {
  pricesIncludeTax: true,
  defaultTaxRateBps: 1_800,
  state: null,
  shippingFeePaise: 0,
  selfPurchaseCommission: false,
  cashOnDelivery: true,
  maxMarginBps: 20_000,
  paymentWindowMinutes: null,
  paymentFailurePolicy: null,
  returnWindowDays: 7,
};

export const BusinessCreated = defineEvent({
  type: 'BUSINESS_CREATED',
  from: 'auth',
  aggregate: 'business',
  heardBy: ['product', 'pricing', 'order'],
  says: 'A business and its settings.',
  schema: businessSchema,
});

export const BusinessUpdated = defineEvent({
  type: 'BUSINESS_UPDATED',
  from: 'auth',
  aggregate: 'business',
  heardBy: ['product', 'pricing', 'order'],
  says: 'The business as it now stands.',
  schema: businessSchema,
});

const adminActionSchema = z.object({
  actorId: id(),
  action: z.string(),
  subjectType: z.string(),
  subjectId: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  reason: z.string().nullable(),
});

export const CustomerOrdered = defineEvent({
  type: 'CUSTOMER_ORDERED',
  from: 'auth',
  aggregate: 'customer-order',
  heardBy: ['order'],
  says: 'Whose an order is that named no customer: the business’s contact with its account, or with its phone for a guest.',
  /** `userId`: the account behind the customer. The highest `aggregateVersion` counts: 1 of a guest’s order, 2 of an account’s, 3 of one that joined one. */
  schema: z.object({ orderId: id(), customerId: id(), businessId: id(), userId: nullableId() }),
});

export const CustomerDeleted = defineEvent({
  type: 'CUSTOMER_DELETED',
  from: 'auth',
  aggregate: 'customer',
  heardBy: ['order'],
  says: 'A customer is to be forgotten: their orders lose the person as soon as nobody needs to deliver them any more.',
  schema: z.object({ customerId: id(), businessId: id() }),
});

/** Published by any service; `from` names auth because the catalogue wants one owner: it keeps the audit log. */
export const AdminActionRecorded = defineEvent({
  type: 'ADMIN_ACTION_RECORDED',
  from: 'auth',
  aggregate: 'audit',
  heardBy: ['auth'],
  says: 'An administrator changed something: who, what, before and after.',
  schema: adminActionSchema,
});

export interface AdminAction {
  readonly actorId: string;
  /** A past fact: `USER_CHANGED`. */
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly reason?: string | null;
  /** Null or absent for what concerns the platform as a whole. */
  readonly businessId?: string | null;
  readonly occurredAt: Date;
}

/** The event that makes a row of the audit log, to be appended in the transaction of what it tells of. */
export function adminAction({
  businessId,
  occurredAt,
  reason = null,
  ...said
}: AdminAction): EventOf<typeof AdminActionRecorded> {
  return eventOf(AdminActionRecorded, {
    aggregateId: said.subjectId,
    aggregateVersion: 1,
    occurredAt,
    actor: said.actorId,
    businessId: businessId ?? PLATFORM_ID,
    data: { ...said, reason },
  });
}
