import { describe, expect, it } from '@jest/globals';
import { newSku } from './sku.js';
import { freeSlug, isSlug, slugOf } from './slug.js';

describe('slugOf', () => {
  it.each([
    ['Product Name', 'product-name'],
    ['  Crème  Brûlée!! ', 'creme-brulee'],
    ['Straße & Łódź', 'strasse-lodz'],
    ["Men's T-Shirt (2XL)", 'mens-t-shirt-2xl'],
    ['Красный чай', 'красный-чай'],
    ['東京 タワー', '東京-タワー'],
    ['🎉🎉', ''],
    ['---', ''],
  ])('makes of %j %j', (name, slug) => expect(slugOf(name)).toBe(slug));

  it('keeps the vowel signs of Indian scripts', () => expect(slugOf('लाल साड़ी')).toBe('लाल-साड़ी'.normalize('NFC')));

  it('is at most 100 characters and never ends in a hyphen', () => {
    expect(slugOf(`${'a'.repeat(99)} b`)).toBe('a'.repeat(99));
    expect(Array.from(slugOf('𝒂𠮷'.repeat(200)))).toHaveLength(100);
  });

  it('leaves a slug as it is', () => {
    for (const name of ['Product Name', 'Crème', 'लाल साड़ी', 'Красный чай']) expect(isSlug(slugOf(name))).toBe(true);
    for (const text of ['', 'Upper', 'a b', '-a', 'a/b']) expect(isSlug(text)).toBe(false);
  });
});

it('freeSlug takes the first number that is free', () => {
  expect(freeSlug('a', new Set())).toBe('a');
  expect(freeSlug('a', new Set(['a', 'a-2', 'a-4']))).toBe('a-3');
});

it('newSku is readable and ends in what is random of the id', () => {
  expect(newSku('red-shirt', '0190-aaaa-00000000-1234abcd')).toBe('RED-SHIRT-1234ABCD');
  expect(newSku('लाल-साड़ी', '0190-aaaa-00000000-1234abcd')).toBe('ITEM-1234ABCD');
});
