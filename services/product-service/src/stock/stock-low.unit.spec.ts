import { expect, it } from '@jest/globals';
import { crossesLow, crossesThreshold, stockLowEvent } from './stock-low.js';

it.each([
  [6, 5, 5, true],
  [6, 0, 5, true],
  [5, 4, 5, false],
  [7, 6, 5, false],
  [4, 6, 5, false],
  [1, 0, 0, true],
])('from %i to %i with a threshold of %i is a crossing: %s', (before, after, threshold, isCrossing) => {
  expect(crossesLow(before, after, threshold)).toBe(isCrossing);
});

it.each([
  [8, 5, 10, true],
  [8, 5, 8, true],
  [8, 5, 7, false],
  [8, 10, 9, false],
  [5, 5, 9, false],
])('%i available is low once the threshold goes from %i to %i: %s', (available, before, after, isLow) => {
  expect(crossesThreshold(available, before, after)).toBe(isLow);
});

it('names the variant by product and options', () => {
  const variant = {
    variantId: '00000000-0000-7000-8000-00000000000a',
    productId: '00000000-0000-7000-8000-00000000000b',
    businessId: '00000000-0000-7000-8000-00000000000c',
    sku: 'SKU',
    productName: 'Shirt',
    variantName: 'Red / L',
    lowStockThreshold: 5,
  };
  const event = stockLowEvent(variant, { available: 4, version: 9n, occurredAt: new Date(0) });
  expect(event).toMatchObject({
    type: 'STOCK_LOW',
    aggregateId: variant.variantId,
    aggregateVersion: 9,
    data: { name: 'Shirt (Red / L)', available: 4, threshold: 5 },
  });
  expect(
    stockLowEvent({ ...variant, variantName: null }, { available: 4, version: 9n, occurredAt: new Date(0) }).data.name,
  ).toBe('Shirt');
});
