import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually, httpClient } from '@reseller/testing';
import { bodyOf, type List, type Session } from './support/shop.js';

/*
 * What a stranger does: clone, `npm start`, `npm run demo`, Ctrl-C. Nothing is handed over but a path to Node and npm; no
 * database, no broker. Needs npm's registry or its cache: offline without a cache this fails, and says what npm said.
 */

const repository = fileURLToPath(new URL('..', import.meta.url));
const FIRST_START_MS = 420_000;
const SECOND_START_MS = 120_000;

interface Command {
  readonly child: ChildProcess;
  /** Everything that it printed. */
  readonly said: () => string;
  readonly exitCode: Promise<number>;
}

let clone: string;
let base: number;
const running: Command[] = [];

beforeAll(async () => {
  clone = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'reseller-clone-')));
  execFileSync('git', ['clone', '--quiet', '--depth', '1', `file://${repository}`, clone], { stdio: 'pipe' });
  base = await freeBlock();
}, 60_000);

afterAll(async () => {
  for (const { child, exitCode } of running) {
    if (child.exitCode === null && child.signalCode === null) interrupt(child);
    await exitCode;
  }
  rmSync(clone, { recursive: true, force: true });
}, 60_000);

it('runs from a clean clone with nothing else there, tells its story, and leaves nothing behind but its data', async () => {
  const first = run(['start']);
  await ready(first, FIRST_START_MS);
  const screen = first.said();
  for (const part of [
    `http://localhost:${base}`,
    `http://localhost:${base}/docs`,
    'auth-service',
    'notification-service',
    'razorpay sandbox',
    /Database +embedded PostgreSQL on port \d+, because/,
    /Events +over PostgreSQL, because no RabbitMQ/,
    'admin@example.com',
    'password123',
    'npm run demo',
    'Ctrl-C',
  ])
    expect(screen).toMatch(part);
  expect(
    bodyOf(await httpClient(`http://localhost:${base}`).get<List<unknown>>('/products'), 200).total,
  ).toBeGreaterThan(5);
  expect((await fetch(`http://localhost:${base}/docs`)).status).toBe(200);

  const demo = run(['run', 'demo']);
  const demoCode = await demo.exitCode;
  expect({ demoCode, said: demoCode === 0 ? '' : demo.said() }).toEqual({ demoCode: 0, said: '' });
  expect(demo.said()).toContain('Every figure is what it must be.');

  await stopsCleanly(first);

  const second = run(['start']);
  await ready(second, SECOND_START_MS);
  expect(second.said()).not.toContain('Seeded');
  expect(await orderCount()).toBe(1);

  const third = run(['start']);
  expect(await third.exitCode).not.toBe(0);
  expect(lastSentence(third)).toMatch(/^Ports? [\d, ]+ (is|are) in use: .+RESELLER_PORT_BASE/);

  // As a service manager does: npm alone is told, and the shell that it passes this on to tells nobody.
  await stopsCleanly(second, ({ pid }) => process.kill(Number(pid), 'SIGTERM'));
}, 900_000);

it('says in one sentence that DATABASE_URL leads nowhere, and starts nothing', async () => {
  const start = run(['start'], { DATABASE_URL: 'postgresql://nobody:secret@127.0.0.1:1/nothing' });
  expect(await start.exitCode).not.toBe(0);
  expect(lastSentence(start)).toMatch(
    /^The PostgreSQL of DATABASE\w*_URL \(127\.0\.0\.1:1\/nothing\) cannot be used: .+\.$/,
  );
  expect(start.said()).not.toContain('secret');
  expect(start.said()).not.toMatch(/\n\s+at /);
  expect(processesOfTheClone()).toEqual([]);
}, 420_000);

function run(npmArguments: readonly string[], more: Readonly<Record<string, string>> = {}): Command {
  const { PATH, HOME, npm_config_cache, npm_config_registry, npm_config_userconfig } = process.env;
  const given = Object.entries({ PATH, HOME, npm_config_cache, npm_config_registry, npm_config_userconfig });
  const env = {
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    npm_config_prefer_offline: 'true',
    RESELLER_PORT_BASE: String(base),
    RESELLER_PROBE_RABBITMQ: 'amqp://guest:guest@127.0.0.1:1',
    ...more,
  };
  // A group of its own, as in a terminal: Ctrl-C reaches npm and all that it started there.
  const child = spawn('npm', npmArguments, { cwd: clone, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const exitCode = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 1)));
  const command = { child, said: () => said, exitCode };
  running.push(command);
  return command;
}

async function ready({ child, said }: Command, timeoutMs: number): Promise<void> {
  const isUp = async (): Promise<boolean> => {
    if (child.exitCode !== null) return true;
    return said().includes('Ctrl-C stops everything');
  };
  await eventually(isUp, { timeoutMs, intervalMs: 200 }).catch(() => undefined);
  if (!said().includes('Ctrl-C stops everything')) throw new Error(`npm start did not get there. It said:\n${said()}`);
}

function interrupt({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGINT');
}

async function stopsCleanly(command: Command, end: (child: ChildProcess) => void = interrupt): Promise<void> {
  expect(processesOfTheClone().length).toBeGreaterThan(9);
  end(command.child);
  await command.exitCode;
  expect(command.said()).toContain('Stopped.');
  await eventually(() => expect(processesOfTheClone()).toEqual([]), { timeoutMs: 15_000, intervalMs: 200 });
  expect(await takenPorts(base)).toEqual([]);
}

/** Services, database and scripts alike name the clone's folder in their command line or stand in it. */
function processesOfTheClone(): string[] {
  const list = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return list.filter((line) => line.includes(clone) || standsInTheClone(Number.parseInt(line, 10)));
}

function standsInTheClone(pid: number): boolean {
  try {
    return realpathSync(`/proc/${pid}/cwd`).startsWith(clone);
  } catch {
    return false;
  }
}

async function orderCount(): Promise<number> {
  const api = httpClient(`http://localhost:${base}`);
  const credentials = { email: 'admin@example.com', password: 'password123' };
  const { accessToken } = bodyOf(await api.post<Session>('/auth/login', credentials), 200);
  return bodyOf(await api.get<List<unknown>>('/orders', { authorization: `Bearer ${accessToken}` }), 200).total;
}

const lastSentence = ({ said }: Command): string =>
  said()
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('npm '))
    .at(-1) ?? '';

async function freeBlock(): Promise<number> {
  for (let candidate = 5500; candidate < 6000; candidate += 20)
    if ((await takenPorts(candidate)).length === 0) return candidate;
  throw new Error('No ten ports in a row are free between 5500 and 6000.');
}

async function takenPorts(from: number): Promise<number[]> {
  const taken: number[] = [];
  for (let port = from; port < from + 10; port += 1) if (await isTaken(port)) taken.push(port);
  return taken;
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(true));
    probe.listen({ port, host: '127.0.0.1' }, () => probe.close(() => resolve(false)));
  });
}
