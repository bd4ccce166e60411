import { expect, it } from '@jest/globals';
import { searchQueryOf } from './order-search.js';

it.each([
  ['ORD-2026-000123', `'ord-2026-000123':*`],
  ['pay_Abc123', `'pay_abc123':*`],
  ['Asha  Rao', `'asha':* & 'rao':*`],
  ["O'Brien a\\b &&&", `'o''brien':* & 'a\\\\b':* & '&&&':*`],
  ['Om Rao', `'om' & 'rao':*`],
  ['12', `'000012'`],
  ['+91 98765-43210', `('919876543210':*)`],
  ['098765 43210', `('09876543210':* | '9876543210':*)`],
  ['000123', `('000123':* | '123':*)`],
  ['000', `('000':*)`],
])('looks for %j as %s', (text, query) => expect(searchQueryOf(text)).toBe(query));

it.each(['-', '  ', '+'])('finds nothing to look for in %j', (text) => expect(searchQueryOf(text)).toBeNull());
