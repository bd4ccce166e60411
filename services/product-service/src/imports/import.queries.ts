import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '@reseller/http';
import { Database, type Sql } from '@reseller/persistence';
import type { ImportKind, ImportState, RowError } from './import.js';
import type { ImportSums } from './import.repository.js';

export interface ImportProgress extends ImportSums {
  readonly id: string;
  readonly businessId: string;
  readonly kind: ImportKind;
  readonly state: ImportState;
  readonly error: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface FailedRow {
  readonly line: number;
  readonly sku: string | null;
  readonly errors: readonly RowError[];
}

export interface ImportFilter {
  readonly kind: ImportKind | null;
  readonly state: ImportState | null;
  readonly businessId: string | null;
}

const PROGRESS = `id, business_id as "businessId", kind, state, rows_total as "rowsTotal", rows_applied as "rowsApplied",
  rows_unchanged as "rowsUnchanged", rows_failed as "rowsFailed", error, created_by as "createdBy",
  created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"`;

const FILTERED = `from imports where ($1::uuid is null or business_id = $1::uuid)
  and ($2::text is null or kind = $2::text) and ($3::text is null or state = $3::text)`;

const FAILED_ROWS = `from import_rows where import_id = $1::uuid and outcome = 'FAILED'`;

@Injectable()
export class ImportQueries {
  constructor(private readonly database: Database) {}

  async list(filter: ImportFilter, { skip, take, sort }: PageRequest<'createdAt'>): Promise<Page<ImportProgress>> {
    const params = [filter.businessId, filter.kind, filter.state];
    const direction = sort.descending ? 'desc' : 'asc';
    const [data, [count]] = await Promise.all([
      this.database.query<ImportProgress>(
        `select ${PROGRESS} ${FILTERED} order by id ${direction} limit $4 offset $5`,
        [...params, take, skip],
      ),
      this.database.query<{ total: bigint }>(`select count(*) as total ${FILTERED}`, params),
    ]);
    return { data, total: Number(count?.total ?? 0n), skip, take };
  }

  async byId(id: string, businessId: string | null, sql: Sql = this.database): Promise<ImportProgress | undefined> {
    const [found] = await sql.query<ImportProgress>(
      `select ${PROGRESS} from imports where id = $1::uuid and ($2::uuid is null or business_id = $2::uuid)`,
      [id, businessId],
    );
    return found;
  }

  async failedRows(id: string, { skip, take, sort }: PageRequest<'line'>): Promise<Page<FailedRow>> {
    const direction = sort.descending ? 'desc' : 'asc';
    const [data, [count]] = await Promise.all([
      this.database.query<FailedRow>(
        `select line, cells->>'sku' as sku, errors ${FAILED_ROWS} order by line ${direction} limit $2 offset $3`,
        [id, take, skip],
      ),
      this.database.query<{ total: bigint }>(`select count(*) as total ${FAILED_ROWS}`, [id]),
    ]);
    return { data, total: Number(count?.total ?? 0n), skip, take };
  }
}
