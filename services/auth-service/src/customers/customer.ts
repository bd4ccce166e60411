import { newVersionOf } from '../new-version.js';

/** How a business came to know somebody. */
export const CUSTOMER_SOURCES = ['MANUAL', 'WHATSAPP', 'WEBSITE', 'IMPORT', 'ORDER'] as const;
export type CustomerSource = (typeof CUSTOMER_SOURCES)[number];

/** Bounds of the engagement score, and what a paid order adds to it. */
export const ENGAGEMENT = { start: 10, min: 0, max: 100, perPaidOrder: 5 } as const;

/** What a business has written down about a contact. */
export interface CustomerProfile {
  readonly name: string | null;
  /** E.164; null only for buyers who gave none. */
  readonly phone: string | null;
  readonly email: string | null;
  readonly whatsappNumber: string | null;
  readonly notes: string | null;
}

/** What follows from orders and refunds. */
export interface CustomerFigures {
  readonly totalOrders: number;
  /** What was paid less what was refunded. */
  readonly totalSpentPaise: bigint;
  readonly lastOrderAt: Date | null;
  readonly engagementScore: number;
}

/** A business's contact, by the phone; the user behind it is optional. */
export interface Customer extends CustomerProfile, CustomerFigures {
  readonly id: string;
  readonly businessId: string;
  readonly tenantId: string;
  readonly userId: string | null;
  readonly source: CustomerSource;
  /** Grows with what administrators write; figures leave it. */
  readonly version: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type CustomerChanges = { readonly [Field in keyof CustomerProfile]?: CustomerProfile[Field] | undefined };

/** The customer in a new version; the same object when nothing differs. */
export const withChanges = (customer: Customer, changes: CustomerChanges, now: Date): Customer =>
  newVersionOf(customer, changes, now);

/** A score moved by so much, within its bounds. */
export function engagementAfter(score: number, delta: number): number {
  return Math.min(ENGAGEMENT.max, Math.max(ENGAGEMENT.min, score + delta));
}

const tail = (text: string, kept: number): string => `…${text.slice(-kept)}`;
const mailbox = (email: string): string => `${email.slice(0, 1)}…${email.slice(email.lastIndexOf('@'))}`;

/**
 * What the audit log keeps of a profile: enough to tell one change from another, not the person. The log outlives a
 * customer who asks to be forgotten.
 */
export function maskedProfile({ name, phone, email, whatsappNumber, notes }: CustomerProfile): CustomerProfile {
  return {
    name: name === null ? null : `${name.slice(0, 1)}…`,
    phone: phone === null ? null : tail(phone, 4),
    email: email === null ? null : mailbox(email),
    whatsappNumber: whatsappNumber === null ? null : tail(whatsappNumber, 4),
    notes: notes === null ? null : `${notes.length} characters`,
  };
}
