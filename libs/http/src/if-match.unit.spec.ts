import { expect, it } from '@jest/globals';
import { expectedVersionOf, versionFromIfMatch } from './if-match.js';

it.each([
  [undefined, null],
  ['*', null],
  ['"3"', 3n],
  ['"12-abc_D-e"', 12n],
  ['W/"7-x"', 7n],
])('reads If-Match %j as version %s', (header, version) => expect(versionFromIfMatch(header)).toBe(version));

it.each(['3', '"abc"', '""', '"3-a b"', '"1", "2"'])('refuses %j, which cannot be one of ours', (header) => {
  expect(() => versionFromIfMatch(header)).toThrow('If-Match');
});

it.each([
  [undefined, undefined, null],
  ['"3"', undefined, 3n],
  [undefined, 3, 3n],
  ['"3"', 3, 3n],
])('expects what header %j and body %j name: %s', (header, version, expected) =>
  expect(expectedVersionOf(header, version)).toBe(expected),
);

it('refuses a header and a body that name different versions', () => {
  expect(() => expectedVersionOf('"3"', 4)).toThrow('different versions');
});
