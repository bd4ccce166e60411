import { z } from 'zod';
import { boundedPageOf, isoInstant, pageQuery, searchText, uuid } from '@reseller/http';
import type { AuditLog } from '../generated/prisma/client.js';

export const listAuditLogsQuery = z.strictObject({
  ...pageQuery(['occurredAt']),
  actorId: uuid().optional(),
  action: searchText().optional(),
  subjectType: searchText().optional(),
  subjectId: searchText().optional(),
  from: isoInstant().optional(),
  /** Exclusive. */
  to: isoInstant().optional(),
});
export type ListAuditLogsQuery = z.infer<typeof listAuditLogsQuery>;

export const auditLogView = z
  .object({
    id: uuid(),
    businessId: uuid(),
    actorId: uuid(),
    action: z.string(),
    subjectType: z.string(),
    subjectId: z.string(),
    before: z.unknown(),
    after: z.unknown(),
    reason: z.string().nullable(),
    occurredAt: isoInstant(),
  })
  .meta({ id: 'AuditLog' });

export const auditLogPage = boundedPageOf(auditLogView);

export const toAuditLogView = (log: AuditLog): z.infer<typeof auditLogView> => ({
  ...log,
  occurredAt: log.occurredAt.toISOString(),
});
