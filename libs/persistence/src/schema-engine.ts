// Prisma's own migration engine as WebAssembly: it needs no engine binary and no network. It is large, so it is loaded
// only when there is something to migrate.
//
// The engine talks to Postgres through Prisma's pg adapter, with two of the adapter's ways replaced:
// - A script goes to the server whole. The adapter cuts it at every semicolon, which breaks function bodies and strings,
//   and runs the pieces one by one. Postgres runs a script sent whole as one transaction: a migration that fails leaves nothing.
// - A shadow database is dropped after its connections are closed; the adapter tries it while they are open, which fails.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';

type EngineModule = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');
export type SchemaEngine = InstanceType<EngineModule['SchemaEngine']>;

const DATAMODEL = 'datasource db {\n  provider = "postgresql"\n}\n';

/** Opens an engine on one database, runs `work` with it and closes its connections. */
export async function withSchemaEngine<T>(url: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const { SchemaEngine: Engine } = await loadEngine();
  const pools: pg.Pool[] = [];
  const factory = bindMigrationAwareSqlAdapterFactory(wholeScripts(url, pools));
  const engine = await Engine.new({ datamodels: [['schema.prisma', DATAMODEL]] }, () => undefined, factory);
  try {
    return await work(engine);
  } finally {
    engine.free();
    await Promise.all(pools.map((pool) => pool.end()));
  }
}

let loading: Promise<EngineModule> | undefined;

function loadEngine(): Promise<EngineModule> {
  loading ??= (async () => {
    const module = await import('@prisma/schema-engine-wasm/schema_engine_bg');
    const folder = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
    const wasm = await readFile(path.join(folder, 'schema_engine_bg.wasm'));
    // The package's own entry imports the .wasm file as a module, which Node 20 does not do.
    const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': { ...module } });
    module.__wbg_set_wasm(instance.exports);
    const start: unknown = Reflect.get(instance.exports, '__wbindgen_start');
    if (typeof start === 'function') start();
    return module;
  })();
  return loading;
}

function wholeScripts(url: string, pools: pg.Pool[]): SqlMigrationAwareDriverAdapterFactory {
  const connect = async (pool: pg.Pool): Promise<SqlDriverAdapter> => {
    const adapter = await new PrismaPg(pool).connect();
    adapter.executeScript = (script) => executeWhole(pool, script);
    return adapter;
  };
  // One connection: the engine's advisory lock belongs to a session.
  const open = (connectionString: string): pg.Pool => {
    const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 10_000, application_name: 'migrations' });
    pool.on('error', () => undefined);
    return pool;
  };
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => {
      const pool = open(url);
      pools.push(pool);
      return connect(pool);
    },
    connectToShadowDb: async () => {
      const name = `shadow_${randomUUID().replaceAll('-', '')}`;
      const shadowUrl = new URL(url);
      shadowUrl.pathname = `/${name}`;
      const server = open(url);
      await executeWhole(server, `create database "${name}"`);
      const pool = open(shadowUrl.href);
      const adapter = await connect(pool);
      adapter.dispose = async () => {
        await pool.end();
        await executeWhole(server, `drop database if exists "${name}" with (force)`);
        await server.end();
      };
      return adapter;
    },
  };
}

async function executeWhole(pool: pg.Pool, script: string): Promise<void> {
  try {
    await pool.query(script);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    throw new DriverAdapterError({
      kind: 'postgres',
      code: error.code ?? 'N/A',
      severity: error.severity ?? 'ERROR',
      message: messageWithLine(error, script),
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
