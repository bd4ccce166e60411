import { describe, expect, it } from '@jest/globals';
import { containsPattern, likeLiteral } from './like.js';

describe('what people search for', () => {
  it.each([
    ['Rao', 'Rao'],
    ['100%_cotton', String.raw`100\%\_cotton`],
    [String.raw`a\b`, String.raw`a\\b`],
    ['', ''],
  ])('%s is itself in a pattern', (text, literal) => {
    expect([likeLiteral(text), containsPattern(text)]).toEqual([literal, `%${literal}%`]);
  });
});
