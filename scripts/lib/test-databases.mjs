// The databases that tests make. Their names say which run made them, so that a run can drop what its tests left, and what
// a run left that was killed.
import { randomBytes } from 'node:crypto';
import pg from 'pg';

const prefix = 'reseller_test_';
const abandonedAfterMs = 6 * 3_600_000;

/** A name for this run that tells its age: '<milliseconds in base 36>_<random>'. */
export const newTestRun = () => `${Date.now().toString(36)}_${randomBytes(2).toString('hex')}`;

/** Drops the databases of this run and of runs that were abandoned hours ago. @returns {Promise<number>} how many */
export async function dropTestDatabases(adminUrl, run) {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query(
      'select datname as name, datistemplate as template from pg_database where starts_with(datname, $1)',
      [prefix],
    );
    const mine = rows.filter(({ name }) => name.startsWith(`${prefix}${run}_`) || isAbandoned(name));
    for (const { name, template } of mine) {
      const quoted = client.escapeIdentifier(name);
      if (template) await client.query(`alter database ${quoted} is_template false`);
      await client.query(`drop database if exists ${quoted} with (force)`);
    }
    return mine.length;
  } finally {
    await client.end();
  }
}

function isAbandoned(name) {
  const startedAt = Number.parseInt(name.slice(prefix.length).split('_')[0] ?? '', 36);
  // Names that a run by hand made carry no time.
  return startedAt > Date.UTC(2024) && Date.now() - startedAt > abandonedAfterMs;
}
