import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

const HOME = { country: 'IN', code: '+91' } as const;
const WRITTEN = /^\+?[\d\s().-]+$/;
/** Too long for a number at home without its country code: it begins with one and only lacks the plus. */
const BARE_COUNTRY_CODE = /^[1-9]\d{10,14}$/;
const E164 = /^\+[1-9]\d{7,14}$/;

/**
 * One spelling for one telephone: E.164. Spaces, dots, dashes and brackets are dropped, `00` and a bare country code
 * (`919876543210`) get their plus, a trunk zero goes, and ten digits are taken for Indian. An Indian number must be one by
 * India's numbering plan (https://github.com/google/libphonenumber); of other countries whatever E.164 allows is taken,
 * because their plans change and nobody here rings there.
 *
 * @returns null for what is no phone number.
 */
export function canonicalPhone(text: string): string | null {
  const written = text.trim();
  if (!WRITTEN.test(written)) return null;
  const digits = written.replace(/[^\d+]/g, '').replace(/^00/, '+');
  const dialled = BARE_COUNTRY_CODE.test(digits) ? `+${digits}` : digits;
  const parsed = parsePhoneNumberFromString(dialled, { defaultCountry: HOME.country, extract: false });
  if (parsed?.isValid() === true) return parsed.number;
  return E164.test(dialled) && !dialled.startsWith(HOME.code) ? dialled : null;
}
