// A RabbitMQ node of our own, for a run of tests: where its program is installed, a run shares no broker with anybody and
// leaves no queue behind. It starts from nothing in seconds, and its data goes with it.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { brokerProblem } from './provision.mjs';
import { isAlive, readNumber, worksIn } from './running-process.mjs';

/** Where Debian and Homebrew keep the server's script; the one on Debian's PATH would change the user first. */
const programFolders = ['/usr/lib/rabbitmq/bin', '/opt/homebrew/opt/rabbitmq/sbin', '/usr/local/opt/rabbitmq/sbin'];
const startTimeoutMs = 90_000;
/**
 * Each quorum queue reserves several of the files that the server may open, and one that has none left accepts connections
 * but makes no queue: the usual 1,024 end at about 300 queues.
 */
const wantedOpenFiles = 20_000;

/**
 * @param {string} dataDir a folder that is not there yet; its name ends with our process id, which tells later runs its owner
 * @returns {Promise<{ url: string, stop: () => Promise<void> } | undefined>} undefined where RabbitMQ is not installed
 * @throws {Error} one sentence
 */
export async function startOwnRabbit(dataDir) {
  const folder = programFolders.find((candidate) => existsSync(path.join(candidate, 'rabbitmq-server')));
  if (folder === undefined) return undefined;
  const [port, distributionPort, namesPort] = await freePorts(3);
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(path.join(dataDir, 'names.port'), String(namesPort));
  const child = spawnNode(folder, dataDir, { port, distributionPort, namesPort });
  const url = `amqp://guest:guest@127.0.0.1:${port}`;
  const problem = await problemWhileAlive(url, child);
  if (problem === undefined) return { url, stop: () => removeOwnRabbit(dataDir) };
  const log = lastLineOf(path.join(dataDir, 'output'));
  // It may be too young to have written its number down.
  if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  await removeOwnRabbit(dataDir);
  throw new Error(`The RabbitMQ installed here did not start: ${problem}${log}.`);
}

/** Ends the node that runs on this data, and removes the data: there is nothing to save, so it is not asked to drain. */
export async function removeOwnRabbit(dataDir) {
  const pid = readNumber(path.join(dataDir, 'server.pid'));
  if (worksIn(dataDir, pid)) process.kill(pid, 'SIGKILL');
  for (const giveUpAt = Date.now() + 10_000; isAlive(pid) && Date.now() < giveUpAt;) await delay(25);
  await stopNameServer(readNumber(path.join(dataDir, 'names.port')));
  rmSync(dataDir, { recursive: true, force: true });
}

/** Erlang's name server, which the node started on a port of its own, goes on without it, and ends once it has missed it. */
async function stopNameServer(port) {
  if (port === 0) return;
  for (const giveUpAt = Date.now() + 5_000; Date.now() < giveUpAt; await delay(50)) {
    const { stdout, error } = spawnSync('epmd', ['-port', String(port), '-kill'], { encoding: 'utf8' });
    if (error !== undefined || !/not allowed|living/i.test(stdout)) return;
  }
}

function spawnNode(folder, dataDir, { port, distributionPort, namesPort }) {
  const inside = (name) => path.join(dataDir, name);
  const output = openSync(inside('output'), 'w');
  const child = spawn(
    '/bin/sh',
    [
      '-c',
      `ulimit -n ${wantedOpenFiles} || ulimit -n $(ulimit -H -n); exec "$0"`,
      path.join(folder, 'rabbitmq-server'),
    ],
    {
      cwd: dataDir,
      // A process group of its own: Ctrl-C reaches us, and we end it when the tests have.
      detached: true,
      stdio: ['ignore', output, output],
      env: {
        PATH: process.env.PATH,
        HOME: dataDir,
        ERL_EPMD_ADDRESS: '127.0.0.1',
        ERL_EPMD_PORT: String(namesPort),
        RABBITMQ_CONF_ENV_FILE: '/dev/null',
        RABBITMQ_CONFIG_FILE: inside('none'),
        RABBITMQ_NODENAME: `tests-${process.pid}@localhost`,
        RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
        RABBITMQ_NODE_PORT: String(port),
        RABBITMQ_DIST_PORT: String(distributionPort),
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
        RABBITMQ_MNESIA_BASE: inside('data'),
        RABBITMQ_GENERATED_CONFIG_DIR: inside('generated'),
        RABBITMQ_LOG_BASE: inside('log'),
        RABBITMQ_ENABLED_PLUGINS_FILE: inside('plugins'),
        RABBITMQ_PID_FILE: inside('server.pid'),
      },
    },
  );
  closeSync(output);
  child.once('error', () => {});
  child.unref();
  return child;
}

async function problemWhileAlive(url, child) {
  let problem = 'it stopped at once';
  for (const giveUpAt = Date.now() + startTimeoutMs; Date.now() < giveUpAt && child.exitCode === null;) {
    problem = await brokerProblem(url);
    if (problem === undefined) return undefined;
    await delay(200);
  }
  return problem;
}

async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = net.createServer().listen(0, '127.0.0.1');
      await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
      return server;
    }),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function lastLineOf(file) {
  const last = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').at(-1) : '';
  return last ? ` (${last.slice(0, 200)})` : '';
}
