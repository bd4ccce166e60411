import { Injectable } from '@nestjs/common';
import { businessSchema } from '@reseller/contracts';
import { Database, type Sql } from '@reseller/persistence';
import type { z } from 'zod';

export type BusinessFact = z.infer<typeof businessSchema>;

export interface BusinessCopy {
  readonly version: bigint;
  readonly settings: BusinessFact['settings'];
}

const WRITE = `insert into business_copies as copy (id, version, business) values ($1, $2, $3::jsonb)
  on conflict (id) do update set version = excluded.version, business = excluded.business, heard_at = now()
    where copy.version < excluded.version`;

@Injectable()
export class BusinessCopyRepository {
  constructor(private readonly database: Database) {}

  async find(businessId: string): Promise<BusinessCopy | undefined> {
    const [row] = await this.database.query<{ version: bigint; business: unknown }>(
      'select version, business from business_copies where id = $1',
      [businessId],
    );
    return row === undefined
      ? undefined
      : { version: row.version, settings: businessSchema.parse(row.business).settings };
  }

  async store(sql: Pick<Sql, 'query'>, business: BusinessFact, version: bigint): Promise<void> {
    await sql.query(WRITE, [business.businessId, version, JSON.stringify(business)]);
  }
}
