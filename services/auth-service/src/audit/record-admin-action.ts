import { Injectable } from '@nestjs/common';
import type { AdminActionRecorded, EventOf } from '@reseller/contracts';
import type { SqlTx } from '@reseller/persistence';

/** Adds a row to the audit log. Its id is the event's, so the row is the same however often and late the event comes. */
@Injectable()
export class RecordAdminAction {
  async execute(tx: SqlTx, event: EventOf<typeof AdminActionRecorded>): Promise<void> {
    const { data } = event;
    await tx.query(
      `insert into audit_logs (id, business_id, actor_id, action, subject_type, subject_id, before, after, reason, occurred_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do nothing`,
      [
        event.id,
        event.businessId,
        data.actorId,
        data.action,
        data.subjectType,
        data.subjectId,
        JSON.stringify(data.before ?? null),
        JSON.stringify(data.after ?? null),
        data.reason,
        event.occurredAt,
      ],
    );
  }
}
