// Starts the whole platform on this machine: database and broker, migrations, the services, the gateway and, without
// Razorpay keys, the sandbox. `npm start`, `npm run dev`, the demo, the end-to-end tests and the benchmark all use it.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { compileWorkspaces } from './compile.mjs';
import { migrateService, migrationsLibrary } from './migrate.mjs';
import {
  loadMemory,
  commonEnvironment,
  razorpayKeys,
  readSettings,
  requireFreePorts,
  requireWritable,
} from './platform-settings.mjs';
import { generateClients } from './prisma-clients.mjs';
import { KeptProcess, waitUntilReady } from './processes.mjs';
import { provisionBroker, provisionPostgres } from './provision.mjs';
import { dataDir as usualDataDir, servicesWithDatabase, workspaces } from './repo.mjs';
import { urlOfDatabase } from './service-env.mjs';
import { chooseBroker } from './remembered-broker.mjs';

/** Generates Prisma clients and compiles what changed. @throws {Error} with the compiler's complaints */
export async function buildAll() {
  await generateClients(servicesWithDatabase());
  const { problems } = await compileWorkspaces(workspaces());
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/**
 * @param {{ log?: (line: string) => void, only?: Set<string>, extraEnv?: Record<string, string> }} options `only`: the
 *   names of the services to run (the gateway always does); `extraEnv` reaches every process; `undo` gets the steps that
 *   take back what was started so far, for a caller who is told to stop while it is still starting
 * @returns {Promise<Platform>} ready to be used
 * @throws {Error} one sentence that says what to do; everything that was started is stopped again
 */
export async function startPlatform({ log = () => {}, only, extraEnv = {}, undo = [] } = {}) {
  const settings = readSettings();
  const services = settings.services.filter(({ name }) => only === undefined || only.has(name));
  requireWritable(settings.dataDir);
  const { memory, save } = loadMemory(settings.dataDir);
  const razorpay = razorpayKeys(settings, memory.secrets);
  const withSandbox = razorpay.sandbox && services.some(({ name }) => name === 'payment');
  await requireFreePorts([
    settings.gatewayPort,
    ...services.map(({ port }) => port),
    ...(withSandbox ? [settings.sandboxPort] : []),
  ]);

  const stop = () => undoAll(undo, log);
  try {
    const postgres = await provisionPostgres({
      url: process.env.DATABASE_ADMIN_URL || process.env.DATABASE_URL,
      dataDir: path.join(settings.dataDir, 'postgres'),
    });
    undo.push(() => postgres.stop());
    log(
      postgres.kind === 'given'
        ? 'Database: the PostgreSQL that the environment names.'
        : 'Database: embedded PostgreSQL.',
    );

    const broker = await chooseBroker({
      memory,
      provisionBroker,
      busUrl: urlOfDatabase(postgres.url, settings.busDatabase),
    });
    log(broker.kind === 'rabbitmq' ? 'Events: RabbitMQ.' : `Events: over PostgreSQL (${broker.reason}).`);
    await migrateAll({ settings, services, postgres, broker, log });
    memory.broker = { kind: broker.kind };
    save();

    const common = commonEnvironment({ settings, secrets: memory.secrets, broker, databaseAdminUrl: postgres.url });
    const processes = describeProcesses({
      settings,
      services,
      memory,
      common: { ...common, ...extraEnv },
      razorpay,
      withSandbox,
      postgres,
      log,
    });
    undo.push(() => Promise.all(processes.map((process_) => process_.stop())));
    for (const process_ of processes) process_.start();
    log(`Starting ${processes.length} processes …`);
    await waitUntilReady(processes, { log });
    return {
      settings,
      services,
      processes,
      postgres,
      broker,
      razorpay,
      withSandbox,
      secrets: memory.secrets,
      stop,
      save,
      memory,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Takes back what was started, the last thing first. */
export async function undoAll(undo, log) {
  for (const step of undo.splice(0).reverse()) await step().catch((error) => log(`Stopping: ${error.message}`));
}

async function migrateAll({ settings, services, postgres, broker, log }) {
  let applied = 0;
  for (const service of services) {
    const done = await migrateService(service.workspace, urlOfDatabase(postgres.url, service.database));
    applied += done.length;
  }
  if (broker.kind === 'embedded') {
    const { ensureDatabase } = await migrationsLibrary();
    await ensureDatabase(postgres.url, settings.busDatabase);
  }
  log(applied === 0 ? 'Databases: up to date.' : `Databases: ${applied} migrations applied.`);
}

function describeProcesses({ settings, services, memory, common, razorpay, withSandbox, postgres, log }) {
  const onCrash = ({ name, code, signal, restartInMs }) =>
    log(
      `${name} ended unexpectedly (${signal ?? `exit code ${code}`}); it starts again in ${restartInMs} ms. Log: ${path.join(settings.logDir, `${name}.log`)}`,
    );
  const kept = (process_) => new KeptProcess({ script: 'dist/main.js', logDir: settings.logDir, onCrash, ...process_ });
  const { secrets } = memory;
  const ofService = ({ name, port, workspace, database }) =>
    kept({
      name: `${name}-service`,
      dir: workspace.dir,
      healthUrl: `http://127.0.0.1:${port}/health/ready`,
      env: {
        ...common,
        PORT: String(port),
        DATABASE_URL: urlOfDatabase(postgres.url, database),
        ...(name === 'auth' ? { JWT_SECRET: secrets.JWT_SECRET } : {}),
        ...(name === 'payment' ? razorpay.env : {}),
      },
    });
  const gateway = kept({
    name: 'gateway',
    dir: 'gateway',
    // Its readiness tells of the services, which are asked themselves.
    healthUrl: `http://127.0.0.1:${settings.gatewayPort}/health/live`,
    env: {
      ...common,
      PORT: String(settings.gatewayPort),
      JWT_SECRET: secrets.JWT_SECRET,
      IDENTITY_PRIVATE_KEY: secrets.IDENTITY_PRIVATE_KEY,
      // One person with a demo and a browser is not a crowd of password guessers.
      RATE_LIMIT_CREDENTIALS_PER_MINUTE: process.env.RATE_LIMIT_CREDENTIALS_PER_MINUTE ?? '120',
    },
  });
  const sandbox = kept({
    name: 'razorpay-sandbox',
    dir: 'libs/razorpay-sandbox',
    healthUrl: `http://127.0.0.1:${settings.sandboxPort}/health/ready`,
    env: {
      ...razorpay.env,
      RAZORPAY_SANDBOX_PORT: String(settings.sandboxPort),
      RAZORPAY_SANDBOX_WEBHOOK_URL: `http://127.0.0.1:${settings.gatewayPort}/payments/webhook`,
      STOP_WITH_PARENT: '1',
    },
  });
  return [...(withSandbox ? [sandbox] : []), ...services.map(ofService), gateway];
}

/** Whether a platform has left data here before. */
export const hasData = () => existsSync(path.join(usualDataDir, 'platform.json'));
