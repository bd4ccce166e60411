/*
 * What people type into a search, as a tsquery over the words that the database keeps of an order (the function
 * order_search_words). A word is found by its beginning, a short one only whole, and all of them must be there.
 */

const PHONE = /^[+\d\s().-]+$/;

/** Shorter beginnings are those of too many words for the index to be of use. */
const PREFIX_MIN = 3;

/** How many digits the last part of an order number has at least. */
const NUMBER_DIGITS = 6;

/**
 * A phone number or the last part of an order number, however it is grouped; with or without leading zeros. A short one
 * is the whole of an order number's.
 */
function digitsQuery(text: string): string | null {
  const digits = text.replace(/\D/g, '');
  const significant = digits.replace(/^0+/, '');
  if (digits.length === 0) return null;
  if (digits.length < PREFIX_MIN) return quoted(digits.padStart(NUMBER_DIGITS, '0'));
  const forms = [...new Set([digits, significant])].filter((form) => form !== '');
  return `(${forms.map(prefix).join(' | ')})`;
}

/** Within quotes only a quote and a backslash mean anything to tsquery. */
const quoted = (word: string): string => `'${word.replace(/['\\]/g, '$&$&')}'`;

const prefix = (word: string): string => `${quoted(word)}:*`;

const wordQuery = (word: string): string => (word.length < PREFIX_MIN ? quoted(word) : prefix(word));

/** @returns null for a text without anything to look for. */
export function searchQueryOf(text: string): string | null {
  const wanted = text.trim().toLowerCase();
  if (PHONE.test(wanted)) return digitsQuery(wanted);
  const words = wanted.split(/\s+/).filter((word) => word !== '');
  return words.length === 0 ? null : words.map(wordQuery).join(' & ');
}
