import { Injectable } from '@nestjs/common';
import type { Sql } from '@reseller/persistence';

const KEEP = `insert into owners (id, version, is_active) values ($1, $2, $3)
  on conflict (id) do update set version = excluded.version, is_active = excluded.is_active
    where owners.version < excluded.version`;

export interface OwnerFact {
  readonly id: string;
  /** Of the user event that says it: older ones change nothing. */
  readonly version: bigint;
  readonly isActive: boolean;
}

/** What was last heard of users. Kept of everybody: who is disabled today may have a wallet tomorrow. */
@Injectable()
export class OwnerRepository {
  async keep(sql: Sql, { id, version, isActive }: OwnerFact): Promise<void> {
    await sql.query(KEEP, [id, version, isActive]);
  }

  /** An account of which nothing was heard is open. */
  async isActive(sql: Sql, id: string): Promise<boolean> {
    const [owner] = await sql.query<{ isActive: boolean }>('select is_active as "isActive" from owners where id = $1', [
      id,
    ]);
    return owner?.isActive ?? true;
  }
}
