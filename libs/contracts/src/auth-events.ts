import { z } from 'zod';
import { defineEvent } from './envelope.js';
import { id, instant, nullableId, paise, rateBps } from './fields.js';
import { ROLES } from './services.js';

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
  heardBy: ['order', 'wallet', 'notification'],
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

const adminAction = z.object({
  actorId: id(),
  action: z.string(),
  subjectType: z.string(),
  subjectId: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  reason: z.string().nullable(),
});

/** Published by any service; `from` names auth because the catalogue wants one owner: it keeps the audit log. */
export const AdminActionRecorded = defineEvent({
  type: 'ADMIN_ACTION_RECORDED',
  from: 'auth',
  aggregate: 'audit',
  heardBy: ['auth'],
  says: 'An administrator changed something: who, what, before and after.',
  schema: adminAction,
});
