import type { Notes } from './entities.js';
import { invalidField } from './razorpay-error.js';

/** Readers of single fields of a request to `/v1`. Each throws a RazorpayError that names the field. */

export type RequestBody = Readonly<Record<string, unknown>>;

/** The smallest amount Razorpay takes, in paise. */
export const MIN_AMOUNT_PAISE = 100;
const MAX_TEXT_LENGTH = 256;
const MAX_RECEIPT_LENGTH = 40;
const MAX_NOTES = 15;

/** The body as an object; an absent body counts as an empty one. Fields not in `allowed` are refused by name. */
export function readBody(body: unknown, allowed: readonly string[]): RequestBody {
  if (body === undefined || body === null) return {};
  if (!isRecord(body)) throw invalidField('body', 'The request body must be an object.');
  const surplus = Object.keys(body).filter((field) => !allowed.includes(field));
  if (surplus.length > 0) {
    throw invalidField(surplus.join(', '), `${surplus.join(', ')} is/are not required and should not be sent`);
  }
  return body;
}

export function readAmount(body: RequestBody): number {
  const amount = body['amount'];
  if (amount === undefined || amount === null) throw invalidField('amount', 'The amount field is required.');
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount)) {
    throw invalidField('amount', 'The amount must be an integer.');
  }
  if (amount < MIN_AMOUNT_PAISE) throw invalidField('amount', 'The amount must be at least INR 1.00');
  return amount;
}

export function readCurrency(body: RequestBody): 'INR' {
  const currency = body['currency'];
  if (currency === undefined) throw invalidField('currency', 'The currency field is required.');
  if (currency !== 'INR') throw invalidField('currency', 'Currency is not supported');
  return currency;
}

export function readReceipt(body: RequestBody): string | null {
  const receipt = body['receipt'];
  if (receipt === undefined || receipt === null) return null;
  if (typeof receipt !== 'string') throw invalidField('receipt', 'The receipt must be a string.');
  if (receipt.length > MAX_RECEIPT_LENGTH) {
    throw invalidField('receipt', `The receipt may not be greater than ${MAX_RECEIPT_LENGTH} characters.`);
  }
  return receipt;
}

/** At most 15 pairs, keys and values of at most 256 characters; empty notes are `[]`, as Razorpay prints them. */
export function readNotes(body: RequestBody): Notes {
  const notes = body['notes'];
  if (notes === undefined || notes === null || (Array.isArray(notes) && notes.length === 0)) return [];
  if (!isRecord(notes)) throw invalidField('notes', 'The notes must be an object.');
  const pairs = Object.entries(notes);
  if (pairs.length > MAX_NOTES)
    throw invalidField('notes', `Number of fields in notes should be less than or equal to ${MAX_NOTES}`);
  return pairs.length === 0
    ? []
    : Object.fromEntries(pairs.map(([key, value]) => [readNoteKey(key), readNoteValue(key, value)]));
}

/** `true`, `1` and `'1'` mean automatic capture, their opposites manual capture, absent is null. */
export function readPaymentCapture(body: RequestBody): boolean | null {
  const flag = body['payment_capture'];
  if (flag === undefined || flag === null) return null;
  if (flag === true || flag === 1 || flag === '1') return true;
  if (flag === false || flag === 0 || flag === '0') return false;
  throw invalidField('payment_capture', 'The payment capture field must be true or false.');
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readNoteKey(key: string): string {
  if (key.length > MAX_TEXT_LENGTH)
    throw invalidField('notes', `The notes key may not be greater than ${MAX_TEXT_LENGTH} characters.`);
  return key;
}

function readNoteValue(key: string, value: unknown): string | number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') throw invalidField('notes', `The notes.${key} must be a string.`);
  if (value.length > MAX_TEXT_LENGTH) {
    throw invalidField('notes', `The notes.${key} may not be greater than ${MAX_TEXT_LENGTH} characters.`);
  }
  return value;
}
