import { Inject, Injectable } from '@nestjs/common';
import type { Identity } from '@reseller/http';
import { CLOCK, invalid, type Clock } from '@reseller/runtime';
import { AnalyticsQueries } from './analytics.queries.js';
import { toAnalyticsView, type AnalyticsQuery, type AnalyticsView } from './analytics.schemas.js';
import { RANGE_DAYS_MAX, rangeOf } from './period.js';

/** How payments went, for the administrators of a business or of all. */
@Injectable()
export class AnalysePayments {
  constructor(
    private readonly analytics: AnalyticsQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 400 where the range is empty or too long */
  async execute(query: AnalyticsQuery, caller: Identity): Promise<AnalyticsView> {
    const { interval, timeZone, businessId, provider } = query;
    const range = rangeOf(query, this.clock.now());
    if (range === null) {
      throw invalid('VALIDATION_FAILED', 'The request is not valid; see errors.', {
        errors: [{ path: 'to', message: `must lie after from, by ${RANGE_DAYS_MAX} days at most` }],
      });
    }
    const found = await this.analytics.figures({
      range,
      interval,
      timeZone,
      ownBusinessId: caller.businessId,
      businessId: businessId ?? null,
      provider: provider ?? null,
    });
    return toAnalyticsView(query, range, found);
  }
}
