import { divideHalfUp } from '@reseller/money';

export interface LinkFigures {
  readonly clicks: bigint;
  /** Counted once a day each. */
  readonly uniqueVisitors: bigint;
  readonly conversions: bigint;
  readonly revenuePaise: bigint;
}

/** Conversions per click in basis points, rounded half up: 10 of 150 are 667. 0 where nobody clicked. */
export function conversionRateBps({ clicks, conversions }: Pick<LinkFigures, 'clicks' | 'conversions'>): number {
  return clicks === 0n ? 0 : Number(divideHalfUp(conversions * 10_000n, clicks));
}
