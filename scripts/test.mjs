// npm test [-- path… | workspace…] [--size unit|int|e2e] [-t name]   installs, generates, builds, provisions and runs Jest.
// Databases: a server named by TEST_DATABASE_ADMIN_URL or DATABASE_ADMIN_URL, else an embedded one just for this run.
// Events: the RabbitMQ named by RABBITMQ_URL, else one just for this run where it is installed, else one that answers here.
// The last line of its output is `N passed, N failed`.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled } from './lib/install.mjs';
import { dataDir, root, servicesWithDatabase, workspaces } from './lib/repo.mjs';

/** More files than this failing in one run is a broken build, not an accident of timing. */
const SECOND_TRY_MAX_FILES = 3;

const cleanups = [];
let jest;
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    interrupted = true;
    jest?.kill(signal);
  });

const outcome = { passed: 0, failed: 0, exitCode: 1 };
try {
  await run(outcome);
} catch (error) {
  console.error(error.message);
  outcome.failed += 1;
} finally {
  for (const cleanup of cleanups.reverse())
    await cleanup().catch((error) => {
      console.error(`Cleaning up failed: ${error.message}`);
      outcome.exitCode = 1;
    });
}
if (interrupted) console.error('Interrupted: not all tests were run.');
console.log(`${outcome.passed} passed, ${outcome.failed} failed`);
process.exitCode = interrupted || outcome.failed > 0 ? 1 : outcome.exitCode;

async function run(result) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { size: { type: 'string' }, testNamePattern: { type: 'string', short: 't' } },
  });
  if (values.size !== undefined && !['unit', 'int', 'e2e'].includes(values.size))
    throw new Error(`--size is unit, int or e2e, not ${values.size}.`);
  ensureInstalled();
  await prepareCode();
  const env = { ...process.env };
  const missing = values.size === 'unit' ? [] : await provision(env);
  if (interrupted) return;
  const report = await runJest(jestArguments(values, positionals), env);
  Object.assign(result, interrupted ? report : await withSecondTry(report, values, env));
  if (report.skipped > 0) console.log(`Skipped: ${report.skipped}.`);
  for (const sentence of missing) console.log(sentence);
  if (missing.length > 0 && process.env.CI === 'true') {
    console.error('In CI that is a failure: set RABBITMQ_URL.');
    result.failed += 1;
  }
}

/**
 * Runs the few files that failed once more, each alone. One that passes then counts, and is named: it leans on the
 * speed of the machine and wants mending. Many failures are no accident and stand.
 */
async function withSecondTry(first, values, env) {
  const files = first.failedFiles;
  if (files.length === 0 || files.length > SECOND_TRY_MAX_FILES) return first;
  console.log(`A second try, each alone: ${files.map(({ name }) => name).join(', ')}`);
  const names = files.map(({ name }) => name);
  const second = await runJest(['--runInBand', ...jestArguments(values, names)], env);
  const stillFailed = new Set(second.failedFiles.map(({ name }) => name));
  for (const name of names)
    if (second.exitCode === 0 || (second.passed > 0 && !stillFailed.has(name)))
      console.log(`Passed only at the second try: ${name}`);
  return {
    ...second,
    passed: first.passed - files.reduce((sum, { passed }) => sum + passed, 0) + second.passed,
  };
}

async function prepareCode() {
  const { generateClients } = await import('./lib/prisma-clients.mjs');
  await generateClients(servicesWithDatabase());
  const { compileWorkspaces } = await import('./lib/compile.mjs');
  const { problems } = await compileWorkspaces(workspaces());
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** Puts a database server and, if there is one, a broker into the environment. @returns sentences about what there is not */
async function provision(env) {
  const { provisionPostgres } = await import('./lib/provision.mjs');
  const { dropTestDatabases, newTestRun } = await import('./lib/test-databases.mjs');
  await sweepTemporaryServers();
  const postgres = await provisionPostgres({
    url: env.TEST_DATABASE_ADMIN_URL || env.DATABASE_ADMIN_URL,
    dataDir: dataDirOf('postgres-test'),
    temporary: true,
  });
  cleanups.push(() => postgres.stop());
  env.TEST_RUN = newTestRun();
  env.DATABASE_ADMIN_URL = postgres.url;
  if (postgres.kind === 'given') cleanups.push(() => dropTestDatabases(postgres.url, env.TEST_RUN));

  const broker = await provisionTestBroker(env);
  delete env.EVENT_TRANSPORT;
  delete env.RABBITMQ_URL;
  if (broker.kind === 'rabbitmq') env.RABBITMQ_URL = broker.url;
  const database = postgres.kind === 'given' ? 'the PostgreSQL that the environment names' : 'an embedded PostgreSQL';
  console.log(`Tests use ${database} and ${broker.kind === 'rabbitmq' ? broker.name : 'no RabbitMQ'}.`);
  return broker.kind === 'rabbitmq' ? [] : [`The tests of the RabbitMQ transport were not run: ${broker.reason}.`];
}

/**
 * Where the environment does not say which broker, or where to look for one: a node of this run alone, if RabbitMQ is
 * installed here. Otherwise as the platform itself does it.
 */
async function provisionTestBroker(env) {
  const { provisionBroker } = await import('./lib/provision.mjs');
  const { startOwnRabbit } = await import('./lib/own-rabbitmq.mjs');
  const free = [env.RABBITMQ_URL, env.EVENT_TRANSPORT, env.RESELLER_PROBE_RABBITMQ].every((name) => name === undefined);
  const own = free && (await startOwnRabbit(dataDirOf('rabbitmq-test')).catch((error) => console.log(error.message)));
  if (!own) return { name: 'the RabbitMQ that was found', ...(await provisionBroker(env)) };
  cleanups.push(() => own.stop());
  return { kind: 'rabbitmq', name: 'a RabbitMQ of their own', url: own.url };
}

function dataDirOf(server) {
  return path.join(dataDir, `${server}-${process.pid}`);
}

/** Removes the servers of test runs that were killed. */
async function sweepTemporaryServers() {
  const { removeEmbeddedPostgres } = await import('./lib/embedded-postgres.mjs');
  const { removeOwnRabbit } = await import('./lib/own-rabbitmq.mjs');
  const { isAlive } = await import('./lib/running-process.mjs');
  for (const name of existsSync(dataDir) ? readdirSync(dataDir) : []) {
    const [, server, pid] = /^(postgres|rabbitmq)-test-(\d+)$/.exec(name) ?? [];
    if (server === undefined || isAlive(Number(pid))) continue;
    const remove = server === 'postgres' ? removeEmbeddedPostgres : removeOwnRabbit;
    await remove(path.join(dataDir, name));
  }
}

/** A folder or file of the repository is meant exactly; anything else is Jest's pattern. */
function jestArguments({ size, testNamePattern }, positionals) {
  const patterns = positionals.map((given) => {
    const full = path.join(root, given);
    if (!existsSync(full)) return given;
    return `^${full.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(/|$)`;
  });
  return [
    ...patterns,
    ...(size === undefined ? [] : ['--testMatch', `**/*.${size}.spec.ts`]),
    ...(testNamePattern === undefined ? [] : ['--testNamePattern', testNamePattern]),
  ];
}

async function runJest(args, env) {
  mkdirSync(dataDir, { recursive: true });
  const reportFile = path.join(dataDir, `jest-${process.pid}.json`);
  jest = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      path.join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      '--config',
      path.join(root, 'jest.config.mjs'),
      '--json',
      `--outputFile=${reportFile}`,
      ...args,
    ],
    { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const exitCode = await new Promise((resolve, reject) => {
    jest.once('error', reject);
    jest.once('close', (code) => resolve(code ?? 1));
  });
  try {
    return { ...outcomeOf(JSON.parse(readFileSync(reportFile, 'utf8'))), exitCode };
  } catch {
    return { passed: 0, failed: exitCode === 0 ? 0 : 1, skipped: 0, failedFiles: [], exitCode };
  } finally {
    rmSync(reportFile, { force: true });
  }
}

function outcomeOf(report) {
  return {
    passed: report.numPassedTests,
    // A file that could not even be loaded has no tests to count, but it failed all the same.
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests,
    failedFiles: report.testResults
      .filter(({ status }) => status === 'failed')
      .map(({ name, assertionResults }) => ({
        name: path.relative(root, name),
        passed: assertionResults.filter(({ status }) => status === 'passed').length,
      })),
  };
}
