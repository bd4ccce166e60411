import { isDeepStrictEqual } from 'node:util';
import { eventually } from '@reseller/testing';
import pg from 'pg';
import type { Platform } from './platform.js';

/** Tables that only say that something was tried, or that requests were answered, and sums that a job adds up. */
const NOTES =
  /^(_prisma_migrations|outbox|inbox|idempotency_keys|order_figure.*|.*(session|token|throttle|attempt|lease|lock|click|webhook).*)$/;

/** A digest of every table of every service: the same before and after says that nothing was changed. */
export async function stateOf({ databaseUrls }: Platform): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const [service, url] of Object.entries(databaseUrls)) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    for (const { name } of rows.filter((table) => !NOTES.test(table.name))) {
      const quoted = client.escapeIdentifier(name);
      const digest = await client.query<{ digest: string }>(
        `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t::text)), '') as digest from ${quoted} t`,
      );
      digests[`${service}.${name}`] = digest.rows[0]?.digest ?? '';
    }
    await client.end();
  }
  return digests;
}

/** Waits until nothing changes any more by itself: what was done before may still be told and mailed. */
export async function untilQuiet(platform: Platform): Promise<void> {
  let last = await stateOf(platform);
  const isQuiet = async (): Promise<boolean> => {
    const before = last;
    last = await stateOf(platform);
    return isDeepStrictEqual(last, before);
  };
  await eventually(isQuiet, { timeoutMs: 30_000, intervalMs: 1_000 });
}
