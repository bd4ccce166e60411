import { Injectable } from '@nestjs/common';
import { boundedTotal, COUNTED_MAX, type BoundedPage, type Identity, type PageRequest } from '@reseller/http';
import { Database } from '@reseller/persistence';
import type { AuditLog, Prisma, PrismaClient } from '../generated/prisma/client.js';
import type { ListAuditLogsQuery } from './audit.schemas.js';

export type AuditLogFilter = Pick<
  ListAuditLogsQuery,
  'actorId' | 'action' | 'subjectType' | 'subjectId' | 'from' | 'to'
>;

function conditions({ from, to, ...exact }: AuditLogFilter, caller: Identity): Prisma.AuditLogWhereInput {
  const given = Object.entries(exact).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(given),
    ...(caller.businessId === null ? {} : { businessId: caller.businessId }),
    occurredAt: {
      ...(from === undefined ? {} : { gte: new Date(from) }),
      ...(to === undefined ? {} : { lt: new Date(to) }),
    },
  };
}

@Injectable()
export class AuditLogQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  /** An administrator of one business sees what was done there. */
  async list(
    { actorId, action, subjectType, subjectId, from, to }: AuditLogFilter,
    { skip, take, sort }: PageRequest<'occurredAt'>,
    caller: Identity,
  ): Promise<BoundedPage<AuditLog>> {
    const { auditLog } = this.database.prisma;
    const where = conditions({ actorId, action, subjectType, subjectId, from, to }, caller);
    const order = sort.descending ? 'desc' : 'asc';
    const [data, counted] = await Promise.all([
      auditLog.findMany({ where, orderBy: [{ occurredAt: order }, { id: order }], skip, take }),
      auditLog.count({ where, take: COUNTED_MAX + 1 }),
    ]);
    return { data, ...boundedTotal(counted), skip, take };
  }
}
