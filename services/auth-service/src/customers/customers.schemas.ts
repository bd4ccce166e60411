import { z } from 'zod';
import {
  bodyText,
  boundedPageOf,
  isoInstant,
  pageOf,
  pageQuery,
  phoneNumber,
  rupeesText,
  searchText,
  shortText,
  snakeCaseToo,
  upperEnum,
  uuid,
} from '@reseller/http';
import { rupeesFromPaise } from '@reseller/money';
import { accountEmail } from '../accounts/email-address.js';
import type { CustomerEngagementChange } from '../generated/prisma/client.js';
import { CUSTOMER_SOURCES, ENGAGEMENT } from './customer.js';
import { CUSTOMER_SORTS, type CustomerRow } from './customer-search.js';
import { SEGMENTS } from './customer-segments.js';

const NAME_LENGTH_MAX = 200;
const NOTES_LENGTH_MAX = 2_000;
const TOP_MAX = 100;
const TOP_DEFAULT = 10;

const name = () => shortText(NAME_LENGTH_MAX);
const source = () => upperEnum(CUSTOMER_SOURCES);
const reason = () => shortText(500).nullish();

const contact = {
  phone: phoneNumber(),
  email: accountEmail().nullish(),
  whatsappNumber: phoneNumber().nullish(),
  notes: bodyText(NOTES_LENGTH_MAX).nullish(),
};

/** One row of an import. */
export const importedCustomer = z.strictObject({ name: name(), ...contact });

/** May be sent, and must be the caller's; without them it is the default business. */
export const namedBusiness = { businessId: uuid().optional(), tenantId: uuid().optional() };

export const createCustomerBody = z.strictObject({
  ...namedBusiness,
  name: name(),
  ...contact,
  source: source().default('MANUAL'),
});
export type CreateCustomerBody = z.infer<typeof createCustomerBody>;

export const findOrCreateCustomerBody = z.strictObject({
  ...namedBusiness,
  /** Only for a new customer; one that is known stays as it is. */
  name: name().nullish(),
  ...contact,
  source: source().default('WHATSAPP'),
});
export type FindOrCreateCustomerBody = z.infer<typeof findOrCreateCustomerBody>;

/** What is not said stays; null clears. */
export const updateCustomerBody = z.strictObject({
  name: name().optional(),
  phone: phoneNumber().optional(),
  email: contact.email,
  whatsappNumber: contact.whatsappNumber,
  notes: contact.notes,
  /** The version that the change was made to, as `If-Match` says it. */
  version: z.int().positive().optional(),
  /** Why; kept in the audit log. */
  reason: reason(),
});
export type UpdateCustomerBody = z.infer<typeof updateCustomerBody>;

export const changeEngagementBody = z.strictObject({
  delta: z
    .int()
    .min(-ENGAGEMENT.max)
    .max(ENGAGEMENT.max)
    .refine((delta) => delta !== 0, 'must not be 0'),
  reason: reason(),
});
export type ChangeEngagementBody = z.infer<typeof changeEngagementBody>;

const scope = { businessId: uuid().optional() };

export const listCustomersQuery = snakeCaseToo(
  z.strictObject({
    ...pageQuery(CUSTOMER_SORTS),
    ...scope,
    /** In place of `sort`, with `order`. */
    sortBy: z.enum(CUSTOMER_SORTS).optional(),
    order: z.enum(['asc', 'desc']).default('desc'),
    cursor: searchText().optional(),
    /** Part of a name, an email or a phone number. */
    q: searchText().optional(),
    segment: upperEnum(SEGMENTS).optional(),
    userId: uuid().optional(),
    minSpent: rupeesText().optional(),
    maxSpent: rupeesText().optional(),
    lastOrderFrom: isoInstant().optional(),
    /** Exclusive. */
    lastOrderTo: isoInstant().optional(),
  }),
);
export type ListCustomersQuery = z.infer<typeof listCustomersQuery>;

export const topCustomersQuery = snakeCaseToo(
  z.strictObject({
    ...scope,
    limit: pageQuery(CUSTOMER_SORTS).limit.pipe(z.int().max(TOP_MAX).default(TOP_DEFAULT)),
    sortBy: z.enum(['totalSpent', 'totalOrders', 'engagementScore']).default('totalSpent'),
  }),
);
export type TopCustomersQuery = z.infer<typeof topCustomersQuery>;

export const segmentsQuery = snakeCaseToo(z.strictObject(scope));
export type SegmentsQuery = z.infer<typeof segmentsQuery>;

export const engagementQuery = z.strictObject(pageQuery(['occurredAt']));
export type EngagementQuery = z.infer<typeof engagementQuery>;

const nullableText = () => z.string().nullable();

export const customerView = z
  .object({
    id: uuid(),
    businessId: uuid(),
    tenantId: uuid(),
    userId: uuid().nullable(),
    name: nullableText(),
    phone: nullableText(),
    email: nullableText(),
    whatsappNumber: nullableText(),
    source: z.enum(CUSTOMER_SOURCES),
    notes: nullableText(),
    /** Orders that were paid, whether or not money went back later. */
    totalOrders: z.int(),
    /** Paid less refunded, in rupees. */
    totalSpent: z.number(),
    lastOrderDate: isoInstant().nullable(),
    engagementScore: z.int().min(ENGAGEMENT.min).max(ENGAGEMENT.max),
    segment: z.enum(SEGMENTS),
    version: z.int(),
    createdAt: isoInstant(),
    updatedAt: isoInstant(),
  })
  .meta({ id: 'Customer' });
export type CustomerView = z.infer<typeof customerView>;

export const customerPage = boundedPageOf(customerView);

export function toCustomerView({ totalSpentPaise, lastOrderAt, ...customer }: CustomerRow): CustomerView {
  return {
    ...customer,
    totalSpent: rupeesFromPaise(totalSpentPaise),
    lastOrderDate: lastOrderAt?.toISOString() ?? null,
    version: Number(customer.version),
    createdAt: customer.createdAt.toISOString(),
    updatedAt: customer.updatedAt.toISOString(),
  };
}

export const segmentsView = z
  .object({
    businessId: uuid().nullable(),
    total: z.int(),
    segments: z.array(z.object({ segment: z.enum(SEGMENTS), rule: z.string(), customers: z.int() })),
  })
  .meta({ id: 'CustomerSegments' });

export const engagementChangeView = z
  .object({
    id: uuid(),
    before: z.int(),
    after: z.int(),
    reason: nullableText(),
    /** A user id, or the service that told of an order. */
    actor: z.string(),
    orderId: uuid().nullable(),
    occurredAt: isoInstant(),
  })
  .meta({ id: 'EngagementChange' });

export const engagementPage = pageOf(engagementChangeView);

export const toEngagementView = (change: CustomerEngagementChange): z.infer<typeof engagementChangeView> => ({
  ...change,
  occurredAt: change.occurredAt.toISOString(),
});
