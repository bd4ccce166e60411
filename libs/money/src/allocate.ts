import type { Paise } from './paise.js';

/**
 * Splits `total` over `weights` by largest remainder: the parts sum to the total exactly, and no part differs from its
 * exact share by a paisa or more. Ties go to the earlier part. With all weights zero everything goes to the first part.
 *
 * @throws {RangeError} no weights, or a negative weight or total.
 */
export function allocate(total: Paise, weights: readonly bigint[]): Paise[] {
  if (weights.length === 0) throw new RangeError('nothing to allocate to');
  if (total < 0n || weights.some((weight) => weight < 0n)) throw new RangeError('allocation takes no negative numbers');
  const sum = weights.reduce((a, b) => a + b, 0n);
  if (sum === 0n) return weights.map((_, index) => (index === 0 ? total : 0n));

  const parts = weights.map((weight) => (total * weight) / sum);
  const remainders = weights.map((weight, index) => ({ index, remainder: (total * weight) % sum }));
  remainders.sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  const left = Number(total - parts.reduce((a, b) => a + b, 0n));
  const lucky = new Set(remainders.slice(0, left).map(({ index }) => index));
  return parts.map((part, index) => (lucky.has(index) ? part + 1n : part));
}
