import type { Sql } from '@reseller/persistence';

/*
 * What other services told of their things, kept where placing an order needs it. A copy is written only where it is
 * newer, so events may arrive in any order; version 0 is an answer over HTTP that any event replaces.
 */

const TABLES = { link: 'share_link_copies', account: 'account_copies', business: 'business_copies' } as const;

export interface Fact {
  readonly id: string;
  readonly version: number;
  readonly body: unknown;
}

export async function keepCopy(sql: Sql, of: keyof typeof TABLES, { id, version, body }: Fact): Promise<void> {
  await sql.query(
    `insert into ${TABLES[of]} as copy (id, version, body) values ($1, $2, $3::jsonb)
     on conflict (id) do update set version = excluded.version, body = excluded.body, heard_at = now()
       where copy.version < excluded.version`,
    [id, version, JSON.stringify(body)],
  );
}
