// How the migration engine talks to Postgres: through Prisma's pg adapter, with three of the adapter's ways replaced.
// - A script goes to the server whole. The adapter cuts it at every semicolon, which breaks function bodies and strings,
//   and runs the pieces one by one. Postgres runs a script sent whole as one transaction: a migration that fails leaves nothing.
// - The catalogue's one-letter columns ("char") are declared as what they are; the adapter does not know their type and gives up.
// - A shadow database is dropped after its connections are closed; the adapter tries it while they are open, which fails.
import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';

/** What one engine opened, and the script of its that failed last. */
export interface MigrationSession {
  /** What closes and removes it again, last first; also when the engine forgets to, because it panicked. */
  readonly cleanups: (() => Promise<unknown>)[];
  scriptError: Error | undefined;
}

/** The database at `url` as the migration engine sees it. */
export function migrationAdapter(url: string, session: MigrationSession): SqlMigrationAwareDriverAdapterFactory {
  const connect = async (pool: pg.Pool): Promise<SqlDriverAdapter> => {
    const adapter = await new PrismaPg(pool).connect();
    adapter.executeScript = (script) => executeWhole(pool, script, session);
    declareCharColumns(pool, adapter);
    return adapter;
  };
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => {
      const pool = openPool(url);
      session.cleanups.push(() => pool.end());
      return connect(pool);
    },
    connectToShadowDb: async () => {
      const shadowUrl = new URL(url);
      // Named after its database, so that one that a dead process left behind says whose it was. PostgreSQL allows 63 bytes.
      const name = `${decodeURIComponent(shadowUrl.pathname.slice(1)).slice(-46)}_shadow_${randomUUID().slice(0, 8)}`;
      shadowUrl.pathname = `/${name}`;
      const server = openPool(url);
      session.cleanups.push(() => server.end());
      await executeWhole(server, `create database "${name}"`, session);
      const pool = openPool(shadowUrl.href);
      const remove = async (): Promise<void> => {
        if (!pool.ended) await pool.end();
        await server.query(`drop database if exists "${name}" with (force)`);
      };
      session.cleanups.push(remove);
      const adapter = await connect(pool);
      adapter.dispose = remove;
      return adapter;
    },
  };
}

function openPool(connectionString: string): pg.Pool {
  // One connection: the engine's advisory lock belongs to a session.
  const pool = new pg.Pool({
    connectionString,
    max: 1,
    connectionTimeoutMillis: 10_000,
    application_name: 'migrations',
  });
  pool.on('error', () => undefined);
  return pool;
}

const CHAR_OID = 18;
const TEXT_OID = 25;

/** Tells the adapter that "char" is text, which it knows, and the engine that it is a character, which it insists on. */
function declareCharColumns(pool: pg.Pool, adapter: SqlDriverAdapter): void {
  const charColumnsOf = new WeakMap<object, number[]>();
  const query = pool.query.bind(pool);
  Reflect.set(pool, 'query', async (config: pg.QueryConfig) => {
    const result = await query(config);
    // A script of several statements answers with a list, which nobody reads.
    if (Array.isArray(result)) return result;
    const charFields = result.fields.filter((field) => field.dataTypeID === CHAR_OID);
    for (const field of charFields) field.dataTypeID = TEXT_OID;
    charColumnsOf.set(
      result.rows,
      charFields.map((field) => result.fields.indexOf(field)),
    );
    return result;
  });
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (statement) => {
    const result = await queryRaw(statement);
    for (const column of charColumnsOf.get(result.rows) ?? []) result.columnTypes[column] = ColumnTypeEnum.Character;
    return result;
  };
}

async function executeWhole(pool: pg.Pool, script: string, session: MigrationSession): Promise<void> {
  try {
    await pool.query(script);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    session.scriptError = new Error(messageWithLine(error, script), { cause: error });
    throw new DriverAdapterError({
      kind: 'postgres',
      code: error.code ?? 'N/A',
      severity: error.severity ?? 'ERROR',
      message: error.message,
      detail: error.detail,
      column: error.column,
      hint: error.hint,
      originalCode: error.code,
      originalMessage: error.message,
    });
  }
}

/** Postgres names the place as an offset into the script; a person wants the line. */
function messageWithLine(error: pg.DatabaseError, script: string): string {
  if (error.position === undefined) return error.message;
  const line = script.slice(0, Number(error.position) - 1).split('\n').length;
  return `${error.message} (line ${line})`;
}
