import { Injectable } from '@nestjs/common';
import type { DomainEvent } from '@reseller/contracts';
import { WrittenTogether, type SqlTx } from '@reseller/persistence';
import type { LiveFacts } from './live-event.js';

interface Row {
  readonly event_id: string;
  readonly business_id: string;
  readonly type: string;
  readonly facts: LiveFacts;
  readonly occurred_at: string;
}

const RECORD = `insert into live_events (event_id, business_id, type, facts, occurred_at)
  select * from jsonb_to_recordset($1::jsonb) as shown(event_id uuid, business_id uuid, type text, facts jsonb,
    occurred_at timestamptz)
  on conflict (event_id) do nothing`;

/** Has an event shown on the dashboards of its business. In the transaction of its inbox row, so it is shown once. */
@Injectable()
export class RecordLiveEvent {
  private readonly record = new WrittenTogether<Row>((tx, rows) => tx.query(RECORD, [JSON.stringify(rows)]));

  execute(tx: SqlTx, event: DomainEvent, facts: LiveFacts): void {
    const { id, businessId, type, occurredAt } = event;
    this.record.add(tx, { event_id: id, business_id: businessId, type, facts, occurred_at: occurredAt });
  }
}
