import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { Caller, LiveAdmin, Returns, ReturnsCsv, Roles, sendCsv, toPage, uuid, type Identity } from '@reseller/http';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { ReconciliationQueries } from './reconciliation.queries.js';
import {
  reconcileBody,
  reportPage,
  reportQuery,
  reportsQuery,
  reportView,
  toItemView,
  toReportView,
  wholeReportView,
  type ReconcileBody,
} from './reconciliation.schemas.js';
import { reportCsv } from './report-csv.js';
import { StartReconciliation } from './start-reconciliation.js';

const STATUS_OF = { RUNNING: 202, DONE: 200 } as const;

@ApiTags('reconciliation')
@Roles('ADMIN')
@Controller('admin/payments')
export class ReconciliationController {
  constructor(
    private readonly startReconciliation: StartReconciliation,
    private readonly reports: ReconciliationQueries,
  ) {}

  @Post('reconcile')
  @LiveAdmin()
  @Returns(reportView, { description: 'One order or payment: compared with Razorpay, and the report of it' })
  @ApiResponse({ status: 202, description: 'Many: the report that is being made', standardSchema: reportView })
  async reconcile(
    @Body({ schema: reconcileBody }) { orderId, ...body }: ReconcileBody,
    @Caller() caller: Identity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const report = toReportView(await this.startReconciliation.execute({ ...body, orderRef: orderId, caller }));
    void reply.status(STATUS_OF[report.status]).header('location', `/admin/payments/reconciliations/${report.id}`);
    return report;
  }

  @Get('reconciliations')
  @Returns(reportPage, { description: 'What was compared with Razorpay, and by whom; the schedule has a report a day' })
  async list(@Query({ schema: reportsQuery }) query: z.infer<typeof reportsQuery>, @Caller() { businessId }: Identity) {
    const page = toPage(query);
    const { data, total } = await this.reports.list(businessId, page);
    return { data: data.map(toReportView), total, skip: page.skip, take: page.take };
  }

  @Get('reconciliations/:id.csv')
  @ReturnsCsv('All that one report found')
  async csv(
    @Param('id', { schema: uuid() }) id: string,
    @Caller() { businessId }: Identity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const report = await this.reports.get(id, businessId);
    sendCsv(reply, reportCsv(report.id, this.reports.allItems(report.id)));
  }

  @Get('reconciliations/:id')
  @Returns(wholeReportView, { description: 'One report with a page of what was found and what became of it' })
  async show(
    @Param('id', { schema: uuid() }) id: string,
    @Query({ schema: reportQuery }) query: z.infer<typeof reportQuery>,
    @Caller() { businessId }: Identity,
  ) {
    const page = toPage(query);
    const report = await this.reports.get(id, businessId);
    const filter = { outcome: query.outcome ?? null, kind: query.kind ?? null };
    const { data, total } = await this.reports.items(report.id, filter, page);
    return { ...toReportView(report), items: { data: data.map(toItemView), total, skip: page.skip, take: page.take } };
  }
}
