import { Injectable } from '@nestjs/common';
import type { Sql } from '@reseller/persistence';

export interface BusinessFact {
  readonly businessId: string;
  readonly name: string;
  readonly isActive: boolean;
  readonly version: number;
}

/** Keeps what this service needs of a business; an older event that comes late changes nothing. */
@Injectable()
export class KeepBusiness {
  async execute(sql: Sql, { businessId, name, isActive, version }: BusinessFact): Promise<void> {
    await sql.query(
      `insert into businesses as b (id, name, is_active, version) values ($1, $2, $3, $4)
       on conflict (id) do update set name = excluded.name, is_active = excluded.is_active, version = excluded.version
       where b.version < excluded.version`,
      [businessId, name, isActive, version],
    );
  }
}
