import { describe, expect, it } from '@jest/globals';
import { rangeOf, type TimeZone } from './period.js';

const NOW = new Date('2026-03-10T12:00:00.000Z');
const range = (from: string | undefined, to: string | undefined, timeZone: TimeZone = 'Asia/Kolkata') => {
  const found = rangeOf({ from, to, timeZone }, NOW);
  return found && [found.from.toISOString(), found.to.toISOString()];
};

describe('a range of time', () => {
  it('of dates includes both days, as they are where the business is', () => {
    expect(range('2026-01-01', '2026-01-31')).toEqual(['2025-12-31T18:30:00.000Z', '2026-01-31T18:30:00.000Z']);
    expect(range('2026-01-01', '2026-01-01', 'UTC')).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z']);
  });

  it('of instants does not include its end', () => {
    expect(range('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z')).toEqual([
      '2026-01-01T00:00:00.000Z',
      '2026-01-02T00:00:00.000Z',
    ]);
  });

  it('is the last thirty days unless told', () => {
    expect(range(undefined, undefined)).toEqual(['2026-02-08T12:00:00.000Z', NOW.toISOString()]);
  });

  it.each([
    ['2026-01-02', '2026-01-01'],
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['2025-01-01', '2026-01-02'],
  ])('is none from %s to %s', (from, to) => {
    expect(range(from, to)).toBeNull();
  });

  it('may be a leap year', () => {
    expect(range('2028-01-01', '2028-12-31')).not.toBeNull();
  });
});
