// A PostgreSQL server of our own, from npm: initialised once, its data kept, started on a free port of this machine only.
// It runs detached, so that Ctrl-C reaches us and not it: services drain first, the database stops last. When its starter was
// killed the next start finds the server running and takes it over.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { preparePostgres } from './postgres-binaries.mjs';
import { isAlive, readNumber, worksIn } from './running-process.mjs';

const firstPort = 54329;
const startTimeoutMs = 60_000;
const stopTimeoutMs = 15_000;

/**
 * @param {{ dataDir: string, temporary?: boolean }} options `temporary` is for tests: crash safety is traded for speed, and
 *   stopping the server removes its data
 * @returns {Promise<{ url: string, port: number, dataDir: string, stop: () => Promise<void> }>} `stop` does nothing when
 *   another process that is still alive started the server
 * @throws {Error} one sentence
 */
export async function startEmbeddedPostgres({ dataDir: wantedDir, temporary = false }) {
  const cluster = openCluster(wantedDir);
  const running = await findRunning(cluster);
  if (running !== undefined) {
    const owned = isAlive(readNumber(cluster.ownerFile));
    if (!owned) writeFileSync(cluster.ownerFile, String(process.pid));
    return handle(cluster, running, owned ? async () => {} : () => stopServer(cluster, running.pid));
  }
  if (!existsSync(path.join(cluster.dataDir, 'PG_VERSION'))) initialise(cluster);
  const started = await launch(cluster, temporary);
  writeFileSync(cluster.ownerFile, String(process.pid));
  return handle(cluster, started, async () => {
    await stopServer(cluster, started.pid);
    if (temporary) removeData(cluster);
  });
}

/** Stops whatever runs on a temporary server's data, whose starter was killed, and removes the data. */
export async function removeEmbeddedPostgres(dataDir) {
  const cluster = openCluster(dataDir);
  const running = existsSync(cluster.passwordFile) ? await findRunning(cluster) : undefined;
  if (running !== undefined) await stopServer(cluster, running.pid);
  removeData(cluster);
}

function removeData(cluster) {
  for (const gone of [cluster.dataDir, cluster.passwordFile, cluster.ownerFile, cluster.logFile])
    rmSync(gone, { recursive: true, force: true });
}

function openCluster(wantedDir) {
  const { program, dataDir, runAs } = preparePostgres(wantedDir);
  const beside = (suffix) => `${dataDir}.${suffix}`;
  return {
    program,
    dataDir,
    runAs,
    passwordFile: beside('password'),
    ownerFile: beside('owner'),
    logFile: beside('log'),
    pidFile: path.join(dataDir, 'postmaster.pid'),
  };
}

const handle = (cluster, { port }, stop) => ({ url: urlOf(cluster, port), port, dataDir: cluster.dataDir, stop });

const urlOf = (cluster, port) =>
  `postgres://postgres:${readFileSync(cluster.passwordFile, 'utf8')}@127.0.0.1:${port}/postgres`;

function initialise(cluster) {
  // Left behind by an initialisation that did not finish: PG_VERSION, the last thing we check, is missing.
  rmSync(cluster.dataDir, { recursive: true, force: true });
  mkdirSync(path.dirname(cluster.dataDir), { recursive: true });
  mkdirSync(cluster.dataDir, { mode: 0o700 });
  const password = randomBytes(18).toString('base64url');
  const handedOver = `${cluster.passwordFile}.init`;
  writeFileSync(handedOver, password, { mode: 0o600 });
  if (cluster.runAs.uid !== undefined)
    for (const file of [cluster.dataDir, handedOver]) chownSync(file, cluster.runAs.uid, cluster.runAs.gid);
  const { status, stderr, error } = spawnSync(
    cluster.program('initdb'),
    [
      `--pgdata=${cluster.dataDir}`,
      '--username=postgres',
      `--pwfile=${handedOver}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The same order and case rules on every system, whatever locales it has.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ],
    { ...cluster.runAs, cwd: path.dirname(cluster.dataDir), encoding: 'utf8' },
  );
  rmSync(handedOver, { force: true });
  if (status !== 0) {
    rmSync(cluster.dataDir, { recursive: true, force: true });
    throw new Error(
      `The embedded PostgreSQL could not be initialised: ${complaintIn(stderr) ?? error?.message ?? `initdb exited with ${status}`}. Its data would lie in ${cluster.dataDir}; RESELLER_DATA_DIR names another place.`,
    );
  }
  writeFileSync(cluster.passwordFile, password, { mode: 0o600 });
}

async function launch(cluster, temporary) {
  let refusal = '';
  for (let port = firstPort, attempts = 0; attempts < 5; port += 1, attempts += 1) {
    port = await freePortFrom(port);
    const pid = spawnServer(cluster, port, temporary);
    if (await answersWhileAlive(cluster, port, pid)) return { port, pid };
    refusal = complaintIn(readFileSync(cluster.logFile, 'utf8')) ?? 'it stopped at once';
    // Somebody took the port between our look and the server's start.
    if (!/could not bind|could not create any TCP/i.test(readFileSync(cluster.logFile, 'utf8'))) break;
  }
  throw new Error(`The embedded PostgreSQL did not start: ${refusal} (its log: ${cluster.logFile}).`);
}

function spawnServer(cluster, port, temporary) {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300',
    ...(temporary ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(cluster.logFile, 'w');
  const child = spawn(cluster.program('postgres'), ['-D', cluster.dataDir, '-p', String(port), ...flags], {
    ...cluster.runAs,
    cwd: path.dirname(cluster.dataDir),
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.once('error', () => {});
  child.unref();
  return child.pid;
}

/** The server that already runs on this data, if one does; a pid file that a crash left behind is removed. */
async function findRunning(cluster) {
  if (!existsSync(cluster.pidFile)) return undefined;
  const [pidLine, , , portLine] = readFileSync(cluster.pidFile, 'utf8').split('\n');
  const [pid, port] = [Number(pidLine), Number(portLine)];
  if (worksIn(cluster.dataDir, pid) && port > 0 && (await answersWhileAlive(cluster, port, pid))) return { pid, port };
  rmSync(cluster.pidFile, { force: true });
  return undefined;
}

async function answersWhileAlive(cluster, port, pid) {
  const giveUpAt = Date.now() + startTimeoutMs;
  while (Date.now() < giveUpAt && isAlive(pid)) {
    const client = new pg.Client({ connectionString: urlOf(cluster, port), connectionTimeoutMillis: 2_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      return true;
    } catch {
      await delay(50);
    } finally {
      await client.end().catch(() => {});
    }
  }
  return false;
}

async function stopServer(cluster, pid) {
  rmSync(cluster.ownerFile, { force: true });
  if (process.platform === 'win32') {
    // A signal would be a kill there.
    spawnSync(cluster.program('pg_ctl'), ['stop', '-D', cluster.dataDir, '-m', 'fast', '-w']);
    return;
  }
  // SIGINT is PostgreSQL's fast shutdown: sessions are ended, everything is written. SIGQUIT leaves it to recovery.
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL']) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    for (const giveUpAt = Date.now() + stopTimeoutMs; isAlive(pid) && Date.now() < giveUpAt;) await delay(25);
  }
}

async function freePortFrom(port) {
  for (let candidate = port; candidate < 65_536; candidate += 1) if (await isFree(candidate)) return candidate;
  throw new Error(`No port from ${port} up is free.`);
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The line that says what is wrong; after it come only the steps of tidying up. */
function complaintIn(text) {
  const lines = (text ?? '').trim().split('\n');
  return lines.findLast((line) => /error:|ERROR|FATAL|PANIC|could not/.test(line)) ?? (lines.at(-1) || undefined);
}
