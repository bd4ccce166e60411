import { z } from 'zod';
import { rupeesFromPaise } from '@reseller/money';
import { conversionRateBps, type LinkFigures } from './link-figures.js';
import type { LinkDay } from './statistics.queries.js';

export const statisticsView = z
  .object({
    clicks: z.int(),
    conversions: z.int(),
    /** Percent of clicks, two decimals. */
    conversionRate: z.number(),
    totalRevenue: z.number(),
    uniqueVisitors: z.int(),
    daily: z.array(z.object({ date: z.string(), clicks: z.int(), conversions: z.int(), revenue: z.number() })),
  })
  .meta({ id: 'ShareLinkStatistics' });

export function toStatisticsView(figures: LinkFigures, days: readonly LinkDay[]): z.infer<typeof statisticsView> {
  return {
    clicks: Number(figures.clicks),
    conversions: Number(figures.conversions),
    conversionRate: conversionRateBps(figures) / 100,
    totalRevenue: rupeesFromPaise(figures.revenuePaise),
    uniqueVisitors: Number(figures.uniqueVisitors),
    daily: days.map(({ day, clicks, conversions, revenuePaise }) => ({
      date: day,
      clicks: Number(clicks),
      conversions: Number(conversions),
      revenue: rupeesFromPaise(revenuePaise),
    })),
  };
}
