import { describe, expect, it } from '@jest/globals';
import { cellsOf, headerOf, headerProblems } from './import.js';

describe('the header', () => {
  it('is read in any case and order, and what an export adds for people is left out', () => {
    const names = ['Stock', 'SKU', 'productName'];
    expect(headerProblems('STOCK', names)).toEqual([]);
    expect(headerOf('STOCK', names)).toEqual(['stock', 'sku', null]);
  });

  it('names what is unknown, doubled and missing', () => {
    expect(
      headerProblems('STOCK', ['sku', 'Sku', 'colour']).map(({ path, message }) => [path, message.split(';')[0]]),
    ).toEqual([
      ['colour', 'is no column of this file'],
      ['Sku', 'is named twice'],
      ['stock', 'is missing'],
    ]);
  });
});

describe('cells', () => {
  it('say nothing where they are empty or missing', () => {
    expect(cellsOf(['sku', 'stock'], ['A', ''])).toEqual({ sku: 'A' });
    expect(cellsOf(['sku', 'stock'], ['A'])).toEqual({ sku: 'A' });
  });

  it.each([
    ["'=1+1", '=1+1'],
    ["'-5", '-5'],
    ["'s-Hertogenbosch", "'s-Hertogenbosch"],
    ["'", "'"],
  ])('read %j as %j: the apostrophe before a formula is the export’s', (cell, read) =>
    expect(cellsOf(['name'], [cell])).toEqual({ name: read }),
  );
});
