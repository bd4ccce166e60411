// Prisma's own migration engine as WebAssembly: it needs no engine binary and no network. It is large, so it is loaded
// only when there is something to migrate.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { migrationAdapter, type MigrationSession } from './migration-adapter.js';

type EngineModule = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');

interface EngineExports {
  readonly __wbindgen_start: () => void;
}

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
  const session: MigrationSession = { cleanups: [], scriptError: undefined };
  const factory = bindMigrationAwareSqlAdapterFactory(migrationAdapter(url, session));
  const engine = await Engine.new({ datamodels: [['schema.prisma', DATAMODEL]] }, () => undefined, factory);
  const panic = watchForPanic();
  try {
    return await Promise.race([work(engine, () => session.scriptError), panic.happened]);
  } finally {
    // After a panic the engine's memory is in an unknown state: the instance is left to the garbage collector.
    if (!panic.stopWatching()) engine.free();
    for (const cleanUp of session.cleanups.reverse()) await cleanUp();
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
    const { instance } = await WebAssembly.instantiate<EngineExports>(wasm, { './schema_engine_bg.js': imports });
    module.__wbg_set_wasm(instance.exports);
    instance.exports.__wbindgen_start();
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
