import { describe, expect, it } from '@jest/globals';
import { newLinkCode } from './link-code.js';

describe('a link code', () => {
  it('has nine characters that cannot be mistaken for each other', () => {
    for (let i = 0; i < 500; i += 1) expect(newLinkCode()).toMatch(/^[2-9a-hjkmnp-z]{9}$/);
  });

  it('does not repeat itself', () => {
    expect(new Set(Array.from({ length: 2_000 }, newLinkCode)).size).toBe(2_000);
  });
});
