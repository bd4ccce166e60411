import { Controller, Get, Query } from '@nestjs/common';
import { Caller, Returns, Roles, type Identity } from '@reseller/http';
import type { z } from 'zod';
import { DashboardQueries } from './dashboard.queries.js';
import { dashboardQuery, dashboardView, scopeOf, toDashboardView } from './dashboard.schemas.js';

@Roles('ADMIN')
@Controller('orders/admin')
export class DashboardController {
  constructor(private readonly dashboard: DashboardQueries) {}

  @Get('dashboard-stats')
  @Returns(dashboardView, { description: 'The figures of the caller’s business, or of all; at most a minute old.' })
  async statistics(
    @Query({ schema: dashboardQuery }) query: z.infer<typeof dashboardQuery>,
    @Caller() caller: Identity,
  ) {
    return toDashboardView(await this.dashboard.statistics(scopeOf(query, caller)));
  }
}
