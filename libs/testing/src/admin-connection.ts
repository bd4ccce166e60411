import pg from 'pg';

/**
 * The server on which tests make their databases, named by the environment; `npm test` provides one.
 * @throws {Error} when none is named: tests never take over a server they were not pointed at
 */
export function adminUrl(): string {
  const url = process.env['DATABASE_ADMIN_URL'];
  if (url === undefined || url === '')
    throw new Error('These tests need a PostgreSQL server: run them with npm test, or set DATABASE_ADMIN_URL.');
  return url;
}

/** Which run of tests this is: part of every database's name, so that the run can drop what is left. */
export const testRun = (): string => process.env['TEST_RUN'] ?? 'adhoc';

/** The URL of another database on the same server. */
export function urlOf(database: string): string {
  const url = new URL(adminUrl());
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs `work` with a connection to a database, by default the server's own. */
export async function withConnection<T>(work: (client: pg.Client) => Promise<T>, url = adminUrl()): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Runs `work` while no other process of this run is in a section of the same name. */
export function exclusively<T>(section: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  return withConnection(async (client) => {
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [section]);
    return work(client);
  });
}

export async function databaseExists(client: pg.Client, name: string): Promise<boolean> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
  return rowCount !== 0;
}
