import { describe, expect, it } from '@jest/globals';
import { draftImages, draftVariants, mergeVariants, optionKeyOf, type VariantDraft } from './product.js';

const options = (...pairs: string[]) =>
  pairs.map((pair) => {
    const [optionName = '', value = ''] = pair.split('=');
    return { optionName, value };
  });

let made = 0;
const context = {
  newId: () => `00000000-0000-7000-8000-${String((made += 1)).padStart(12, '0')}`,
  slug: 'shirt',
  basePricePaise: 1_000n,
};
const draft = (drafts: VariantDraft[], stock = 0) => draftVariants(drafts, { ...context, stock });

describe('the option key', () => {
  it('does not depend on order or case', () => {
    expect(optionKeyOf(options('Color=Red', 'Size=L'))).toBe(optionKeyOf(options('size=l', 'COLOR=RED')));
    expect(optionKeyOf(options('Color=Red'))).not.toBe(optionKeyOf(options('Color=Blue')));
  });

  it('cannot be forged by separators in values', () => {
    expect(optionKeyOf(options('a=b","c'))).not.toBe(optionKeyOf(options('a=b', 'c=')));
  });
});

describe('the variants of a new product', () => {
  it('are one default variant with the product’s price and stock when none is named', () => {
    expect(draft([], 9)).toMatchObject([
      { name: null, isDefault: true, isActive: true, pricePaise: 1_000n, stock: 9, reserved: 0 },
    ]);
  });

  it('take the base price where they name none', () => {
    const prices = draft([{ optionValues: options('S=1'), pricePaise: 5n }, { optionValues: options('S=2') }]).map(
      ({ pricePaise }) => pricePaise,
    );
    expect(prices).toEqual([5n, 1_000n]);
  });

  it('may not have one SKU twice', () => {
    const twice = ['A', 'a'].map((sku, index) => ({ sku, optionValues: options(`S=${index}`) }));
    expect(() => draft(twice)).toThrow('same SKU');
  });
});

describe('changing variants', () => {
  const current = draft([{ optionValues: options('Size=S') }, { optionValues: options('Size=M') }]);
  const [small, medium] = current;

  it('keeps those that are not named, and the objects themselves, so that nothing is written for them', () => {
    const merged = mergeVariants(current, [{ id: small?.id, pricePaise: 2_000n }], context);
    expect(merged[0]).toMatchObject({ pricePaise: 2_000n, name: 'S' });
    expect(merged[1]).toBe(medium);
  });

  it('clears with null and keeps with undefined', () => {
    const priced = mergeVariants(current, [{ id: small?.id, mrpPaise: 5_000n, weightGrams: 3 }], context);
    const cleared = mergeVariants(priced, [{ id: small?.id, mrpPaise: null }], context);
    expect(cleared[0]).toMatchObject({ mrpPaise: null, weightGrams: 3 });
  });

  it('refuses a combination that an inactive variant has: it is brought back by its id', () => {
    const retired = mergeVariants(current, [{ id: small?.id, isActive: false }], context);
    expect(() => mergeVariants(retired, [{ optionValues: options('size=s') }], context)).toThrow('same options');
    expect(mergeVariants(retired, [{ id: small?.id, isActive: true }], context).every(({ isActive }) => isActive)).toBe(
      true,
    );
  });

  it('puts new ones at the end', () => {
    expect(
      mergeVariants(current, [{ optionValues: options('Size=L') }], context).map(({ position, name }) => [
        position,
        name,
      ]),
    ).toEqual([
      [0, 'S'],
      [1, 'M'],
      [2, 'L'],
    ]);
  });
});

describe('images', () => {
  it('have exactly one primary: the first that says so, else the first', () => {
    const primary = (flags: (boolean | undefined)[]) =>
      draftImages(flags.map((isPrimary, index) => ({ url: `${index}`, isPrimary }))).map((image) => image.isPrimary);
    expect(primary([undefined, true, true])).toEqual([false, true, false]);
    expect(primary([undefined, false])).toEqual([true, false]);
    expect(draftImages([])).toEqual([]);
  });
});
