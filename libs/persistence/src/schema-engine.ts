// Prisma's own migration engine as WebAssembly: it needs no engine binary and no network. It is large, so it is loaded
// only when there is something to migrate.
//
// The engine talks to Postgres through Prisma's pg adapter, with three of the adapter's ways replaced:
// - A script goes to the server whole. The adapter cuts it at every semicolon, which breaks function bodies and strings,
//   and runs the pieces one by one. Postgres runs a script sent whole as one transaction: a migration that fails leaves nothing.
// - The catalogue's one-letter columns ("char") are declared as text; the adapter does not know their type and gives up.
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

import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';

type EngineModule = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');

const DATAMODEL = 'datasource db {\n  provider = "postgresql"\n}\n';

/**
 * Opens an engine on one database, runs `work` with it and closes its connections. `work` may ask for the server's own
 * words about the script that failed last: the engine's lack the line.
 */
export async function withSchemaEngine<T>(
  url: string,
  work: (engine: SchemaEngine, scriptError: () => Error | undefined) => Promise<T>,
): Promise<T> {
  const { SchemaEngine: Engine } = await loadEngine();
  const session: Session = { pools: [], scriptError: undefined };
  const factory = bindMigrationAwareSqlAdapterFactory(wholeScripts(url, session));
  const engine = await Engine.new({ datamodels: [['schema.prisma', DATAMODEL]] }, () => undefined, factory);
  const panic = watchForPanic();
  try {
    return await Promise.race([work(engine, () => session.scriptError), panic.happened]);
  } finally {
    // After a panic the engine's memory is in an unknown state: the instance is left to the garbage collector.
    if (!panic.stopWatching()) engine.free();
    await Promise.all(session.pools.map((pool) => pool.end()));
  }
}

const panicListeners = new Set<(message: string) => void>();

/**
 * A panic kills the WebAssembly instance and settles no promise, so that a caller would wait for ever.
 * The engine reports one to a global object, whose name is its own.
 */
function watchForPanic(): { readonly happened: Promise<never>; readonly stopWatching: () => boolean } {
  let panicked = false;
  let listener: (message: string) => void = () => undefined;
  const happened = new Promise<never>((_, reject) => {
    listener = (message) => {
      panicked = true;
      loading = undefined;
      reject(new Error(`the migration engine gave up: ${message.split('\n').join(' ')}`));
    };
  });
  panicListeners.add(listener);
  Reflect.set(globalThis, 'PRISMA_WASM_PANIC_REGISTRY', {
    set_message: (message: string) => panicListeners.forEach((listen) => listen(message)),
  });
  const stopWatching = (): boolean => {
    panicListeners.delete(listener);
    return panicked;
  };
  return { happened, stopWatching };
}

let loading: Promise<EngineModule> | undefined;

function loadEngine(): Promise<EngineModule> {
  loading ??= (async () => {
    const module = await import('@prisma/schema-engine-wasm/schema_engine_bg');
    const folder = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
    const wasm = await readFile(path.join(folder, 'schema_engine_bg.wasm'));
    // The package's own entry imports the .wasm file as a module, which Node 20 does not do.
    const imports = { ...module, ...timersThatLetGo(module) };
    const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': imports });
    module.__wbg_set_wasm(instance.exports);
    const start: unknown = Reflect.get(instance.exports, '__wbindgen_start');
    if (typeof start === 'function') start();
    return module;
  })();
  return loading;
}

/** The engine never clears the 10 s timer it waits for its lock with; it must not keep a finished process alive. */
function timersThatLetGo(module: EngineModule): Record<string, unknown> {
  const names = Object.keys(module).filter((name) => name.startsWith('__wbg_setTimeout_'));
  const start = (callback: () => void, delayMs: number): unknown => setTimeout(callback, delayMs).unref();
  return Object.fromEntries(names.map((name) => [name, start]));
}

/** What one engine opened, and the script of its that failed last. */
interface Session {
  readonly pools: pg.Pool[];
  scriptError: Error | undefined;
}

function wholeScripts(url: string, session: Session): SqlMigrationAwareDriverAdapterFactory {
  const connect = async (pool: pg.Pool): Promise<SqlDriverAdapter> => {
    const adapter = await new PrismaPg(pool).connect();
    adapter.executeScript = (script) => executeWhole(pool, script, session);
    return adapter;
  };
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => {
      const pool = openPool(url);
      session.pools.push(pool);
      return connect(pool);
    },
    connectToShadowDb: async () => {
      const name = `shadow_${randomUUID().replaceAll('-', '')}`;
      const shadowUrl = new URL(url);
      shadowUrl.pathname = `/${name}`;
      const server = openPool(url);
      session.pools.push(server);
      await executeWhole(server, `create database "${name}"`, session);
      const pool = openPool(shadowUrl.href);
      const adapter = await connect(pool);
      adapter.dispose = async () => {
        await pool.end();
        await executeWhole(server, `drop database if exists "${name}" with (force)`, session);
      };
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
  declareCharAsText(pool);
  return pool;
}

const CHAR_OID = 18;
const TEXT_OID = 25;

function declareCharAsText(pool: pg.Pool): void {
  const query = pool.query.bind(pool);
  Reflect.set(pool, 'query', async (config: pg.QueryConfig) => {
    const result = await query(config);
    // A script of several statements answers with a list, which nobody reads.
    for (const field of Array.isArray(result) ? [] : result.fields)
      if (field.dataTypeID === CHAR_OID) field.dataTypeID = TEXT_OID;
    return result;
  });
}

async function executeWhole(pool: pg.Pool, script: string, session: Session): Promise<void> {
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
