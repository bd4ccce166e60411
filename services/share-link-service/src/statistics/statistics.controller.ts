import { Controller, Get, Inject, Param } from '@nestjs/common';
import { Caller, Returns, type Identity } from '@reseller/http';
import { CLOCK, type Clock } from '@reseller/runtime';
import { OwnShareLinks } from '../links/own-share-links.js';
import { codeOrId } from '../links/share-links.schemas.js';
import { StatisticsQueries } from './statistics.queries.js';
import { statisticsView, toStatisticsView } from './statistics.schemas.js';

const DAILY_WINDOW_MS = 90 * 86_400_000;

@Controller('share-links/:code/stats')
export class StatisticsController {
  constructor(
    private readonly own: OwnShareLinks,
    private readonly statistics: StatisticsQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Returns(statisticsView, { description: 'Clicks, conversions and revenue; by day for the last 90 days' })
  async show(@Param('code', { schema: codeOrId() }) code: string, @Caller() caller: Identity) {
    const { id } = await this.own.find(caller, code);
    const since = new Date(this.clock.now().getTime() - DAILY_WINDOW_MS);
    const [figures, days] = await Promise.all([this.statistics.figuresOf(id), this.statistics.daysOf(id, since)]);
    return toStatisticsView(figures, days);
  }
}
