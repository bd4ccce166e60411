import { describe, expect, it } from '@jest/globals';
import { canonicalEmail } from './email-address.js';

describe('canonicalEmail', () => {
  it.each([
    [' User@Example.COM\n', 'user@example.com'],
    ['a.b+tag@example.co.in', 'a.b+tag@example.co.in'],
    ['x@bücher.example', 'x@xn--bcher-kva.example'],
    ['x@BÜCHER.example', 'x@xn--bcher-kva.example'],
    ['x@пример.рф', 'x@xn--e1afmkfd.xn--p1ai'],
  ])('reads %j as %j', (text, email) => {
    expect(canonicalEmail(text)).toBe(email);
  });

  it.each([
    '',
    '@',
    'x@',
    '@example.com',
    'x@localhost',
    'x@127.0.0.1',
    'x y@example.com',
    'x@exa mple.com',
    'x\u0000@example.com',
    'x@example.com\u0000',
    '.x@example.com',
    'x.@example.com',
    'x..y@example.com',
    'a@b@example.com',
    'ж@example.com',
    // The Kelvin sign lower-cases to an ASCII k.
    '\u212a@example.com',
    `${'x'.repeat(65)}@example.com`,
    `x@${'y'.repeat(64)}.com`,
    `x@${'y.'.repeat(130)}com`,
  ])('refuses %j', (text) => {
    expect(canonicalEmail(text)).toBeNull();
  });
});
