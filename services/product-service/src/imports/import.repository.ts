import { Injectable } from '@nestjs/common';
import type { Sql, SqlTx } from '@reseller/persistence';
import type { Cells, ImportJob, ImportRow, RowOutcome } from './import.js';

export interface LeasedImport extends ImportJob {
  readonly lease: string;
  readonly attempts: number;
}

export interface ReceivedRow {
  readonly line: number;
  readonly skuKey: string;
  readonly cells: Cells;
}

export interface ImportSums {
  readonly rowsTotal: number;
  readonly rowsApplied: number;
  readonly rowsUnchanged: number;
  readonly rowsFailed: number;
}

const SUMS = `rows_total as "rowsTotal", rows_applied as "rowsApplied", rows_unchanged as "rowsUnchanged",
  rows_failed as "rowsFailed"`;

const INSERT_ROWS = `
insert into import_rows (import_id, line, sku_key, cells)
select $1::uuid, r.line, r."skuKey", r.cells
from jsonb_to_recordset($2::jsonb) as r(line int, "skuKey" text, cells jsonb)`;

/** Whoever waited longest goes first, so that a long file does not hold up a short one. */
const LEASE = `
update imports set lease = $1::uuid, leased_until = now() + make_interval(secs => $2), state = 'RUNNING',
  started_at = coalesce(started_at, now()), attempts = attempts + 1
where id = (
  select id from imports
  where state in ('QUEUED', 'RUNNING') and (leased_until is null or leased_until < now())
  order by coalesce(leased_until, created_at) limit 1 for update skip locked)
returning id, kind, business_id as "businessId", created_by as "createdBy", lease, attempts`;

/** Locks the import: two processes never apply its rows at the same time, whatever became of a lease. */
const HOLD = `
update imports set leased_until = now() + make_interval(secs => $3)
where id = $1::uuid and lease = $2::uuid and state = 'RUNNING' returning id`;

const WAITING = `
select r.line, r.cells,
  (select min(e.line) from import_rows e where e.import_id = r.import_id and e.sku_key = r.sku_key) as "firstLine"
from import_rows r
where r.import_id = $1::uuid and r.outcome is null and ($2::int[] is null or r.line = any($2::int[]))
order by r.line limit $3::int`;

const SETTLE = `
with settled as (
  update import_rows r set outcome = o.outcome, errors = o.errors
  from jsonb_to_recordset($2::jsonb) as o(line int, outcome text, errors jsonb)
  where r.import_id = $1::uuid and r.line = o.line and r.outcome is null
  returning r.outcome
), counted as (
  select count(*) filter (where outcome = 'APPLIED')::int as applied,
    count(*) filter (where outcome = 'UNCHANGED')::int as unchanged,
    count(*) filter (where outcome = 'FAILED')::int as failed from settled
)
update imports i set rows_applied = i.rows_applied + c.applied, rows_unchanged = i.rows_unchanged + c.unchanged,
  rows_failed = i.rows_failed + c.failed, attempts = 0
from counted c where i.id = $1::uuid returning i.id`;

@Injectable()
export class ImportRepository {
  async open(sql: Sql, { id, kind, businessId, createdBy }: ImportJob): Promise<void> {
    await sql.query(
      `insert into imports (id, business_id, kind, state, created_by) values ($1, $2, $3, 'RECEIVING', $4)`,
      [id, businessId, kind, createdBy],
    );
  }

  async addRows(sql: Sql, id: string, rows: readonly ReceivedRow[]): Promise<void> {
    await sql.query(INSERT_ROWS, [id, JSON.stringify(rows)]);
  }

  async queue(sql: Sql, id: string, rowsTotal: number): Promise<void> {
    await sql.query(
      `update imports set state = 'QUEUED', rows_total = $2 where id = $1::uuid and state = 'RECEIVING'`,
      [id, rowsTotal],
    );
  }

  async removeReceiving(sql: Sql, id: string): Promise<void> {
    await sql.query(`delete from imports where id = $1::uuid and state = 'RECEIVING'`, [id]);
  }

  async lease(sql: Sql, lease: string, seconds: number): Promise<LeasedImport | undefined> {
    const [leased] = await sql.query<LeasedImport>(LEASE, [lease, seconds]);
    return leased;
  }

  /** @returns false where somebody else has it, or nobody any more */
  async hold(tx: SqlTx, { id, lease }: LeasedImport, seconds: number): Promise<boolean> {
    return (await tx.query(HOLD, [id, lease, seconds])).length > 0;
  }

  /** The next rows that wait; of these lines alone, where some are named. */
  waiting(sql: Sql, id: string, lines: readonly number[] | null, limit: number): Promise<ImportRow[]> {
    return sql.query<ImportRow>(WAITING, [id, lines, limit]);
  }

  async settle(tx: SqlTx, id: string, outcomes: readonly RowOutcome[]): Promise<void> {
    await tx.query(SETTLE, [id, JSON.stringify(outcomes)]);
  }

  /** What failed stays for the report; the rest has served. @returns the sums */
  async complete(tx: SqlTx, id: string): Promise<ImportSums | null> {
    await tx.query(
      `delete from import_rows where import_id = $1::uuid and outcome in ('APPLIED', 'UNCHANGED') returning line`,
      [id],
    );
    const [sums] = await tx.query<ImportSums>(
      `update imports set state = 'COMPLETED', finished_at = now(), leased_until = null where id = $1::uuid
       returning ${SUMS}`,
      [id],
    );
    return sums ?? null;
  }

  /** @returns the sums, or null where somebody else has it */
  async fail(tx: SqlTx, { id, lease }: LeasedImport, error: string): Promise<ImportSums | null> {
    const [sums] = await tx.query<ImportSums>(
      `update imports set state = 'FAILED', finished_at = now(), leased_until = null, error = $3
       where id = $1::uuid and lease = $2::uuid and state = 'RUNNING' returning ${SUMS}`,
      [id, lease, error],
    );
    return sums ?? null;
  }

  /** To be taken by anybody at once. */
  async letGo(sql: Sql, { id, lease }: LeasedImport): Promise<void> {
    await sql.query(`update imports set leased_until = now() where id = $1::uuid and lease = $2::uuid`, [id, lease]);
  }

  /** Files that broke off while they came in, and reports that nobody needs any more. @returns how many */
  async forgetOld(sql: Sql): Promise<number> {
    const forgotten = await sql.query(
      `delete from imports where id = any (array(
         select id from imports
         where created_at < now() - interval '30 days' or (state = 'RECEIVING' and created_at < now() - interval '1 hour')
         limit 20 for update skip locked))
       returning id`,
    );
    return forgotten.length;
  }
}
