import { z } from 'zod';
import { paiseFromRupees } from '@reseller/money';
import { canonicalPhone } from './phone-number.js';

/** No control characters: they break logs, headers and CSV files, and Postgres refuses NUL. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

const clean = (text: string): boolean => !CONTROL.test(text) && !LONE_SURROGATE.test(text);

/** In one spelling, for ids are compared as text. */
export const uuid = () => z.uuid({ error: 'must be a UUID' }).toLowerCase();

const ORDER_NUMBER = /^ORD-\d{4}-\d{6,12}$/i;

/** An order's id or its number, each in one spelling. */
export const orderRef = () =>
  z
    .string()
    .trim()
    .refine((ref) => uuid().safeParse(ref).success || ORDER_NUMBER.test(ref), 'must be an order id or an order number')
    .transform((ref) => (ORDER_NUMBER.test(ref) ? ref.toUpperCase() : ref.toLowerCase()))
    .meta({ description: 'Order id, or order number such as ORD-2026-000123' });

/** One line of text, trimmed, not empty. */
export const shortText = (max = 200) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => clean(text) && !/[\r\n]/.test(text), 'must be one line without control characters');

/** Text that may have line breaks. */
export const bodyText = (max = 10_000) =>
  z.string().trim().max(max).refine(clean, 'must not contain control characters');

export const searchText = () => z.string().trim().min(1).max(200).refine(clean, 'must not contain control characters');

/** Lower-cased, because people do not remember how they wrote it. */
export const emailAddress = () =>
  z
    .string()
    .trim()
    .toLowerCase()
    .max(254)
    .pipe(z.email({ error: 'must be an email address' }))
    .meta({ format: 'email' });

/** A phone number in any spelling, read into its {@link canonicalPhone}. */
export const phoneNumber = () =>
  z
    .string()
    .max(40)
    .transform((text, context) => {
      const phone = canonicalPhone(text);
      if (phone !== null) return phone;
      context.addIssue({ code: 'custom', message: 'must be a phone number, such as +919876543210 or 98765 43210' });
      return z.NEVER;
    })
    .meta({
      description:
        'Phone number; without a country code it is taken for Indian. Answers have E.164, such as +919876543210',
    });

export const isoInstant = () =>
  z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time such as 2026-01-01T00:00:00.000Z' });

/** Of a query string: digits alone, so that neither nothing nor `1e3` is taken for a number. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .meta({ type: 'integer', minimum: min, maximum: max, pattern: undefined });

/** Decimal rupees with at most two decimals. Turn them into paise with `paiseFromRupees`. */
export const rupees = (bounds: { min?: number; max?: number } = {}) =>
  z
    .number()
    .min(bounds.min ?? 0)
    .max(bounds.max ?? 1_000_000_000)
    .refine((value) => {
      try {
        paiseFromRupees(value);
        return true;
      } catch {
        return false;
      }
    }, 'must have at most two decimals')
    .meta({ description: 'Rupees with at most two decimals' });

/** {@link rupees} of a query string. */
export const rupeesText = () =>
  z
    .string()
    .regex(/^\d+(\.\d{1,2})?$/, 'must be an amount such as 1500 or 999.50')
    .transform(Number)
    .pipe(rupees());

/** A closed set whose words are taken in any case; documented as the set itself. */
export const upperEnum = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z
    .string()
    .transform((text) => text.trim().toUpperCase())
    .pipe(z.enum(values))
    .meta({ type: 'string', enum: [...values] });

/** Yes or no in a query string. */
export const queryFlag = () => z.enum(['true', 'false', '1', '0']).transform((word) => word === 'true' || word === '1');

/** Percent with at most two decimals: what basis points can hold. */
export const percent = (max = 100) =>
  z
    .number()
    .min(0)
    .max(max)
    .refine((value) => Math.round(value * 100) / 100 === value, 'must have at most two decimals');
