import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Returns, Roles, toPage, type Identity } from '@reseller/http';
import { AuditLogQueries } from './audit-log.queries.js';
import { auditLogPage, listAuditLogsQuery, toAuditLogView, type ListAuditLogsQuery } from './audit.schemas.js';

@ApiTags('Audit')
@Roles('ADMIN')
@Controller('admin/audit-logs')
export class AuditLogsController {
  constructor(private readonly auditLogs: AuditLogQueries) {}

  @Get()
  @Returns(auditLogPage)
  async list(@Query({ schema: listAuditLogsQuery }) query: ListAuditLogsQuery, @Caller() caller: Identity) {
    const page = await this.auditLogs.list(query, toPage(query), caller);
    return { ...page, data: page.data.map(toAuditLogView) };
  }
}
