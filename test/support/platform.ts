import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ServiceName } from '@reseller/contracts';
import { httpClient, type TestClient } from '@reseller/testing';

/** A limit that a test meets by accident would be a failure that says nothing. */
const LIMITS_OFF = {
  // Two platforms run at a time, on a server that may allow no more than 100 connections.
  DATABASE_POOL_SIZE: '4',
  RATE_LIMIT_PER_MINUTE: '1000000',
  RATE_LIMIT_CREDENTIALS_PER_MINUTE: '1000000',
  RATE_LIMIT_PAYMENTS_PER_MINUTE: '1000000',
  SIGN_IN_FREE_FAILURES_PER_ADDRESS: '100000',
  // A failed handler is tried again soon: what a test waits for comes within seconds.
  EVENT_RETRY_DELAYS_MS: '200,1000,3000,10000',
  PAYMENT_JOBS_INTERVAL: '500ms',
  ORDER_EXPIRY_INTERVAL: '1s',
  DASHBOARD_CACHE_TTL: '0s',
};

export type ProcessName = `${ServiceName}-service` | 'gateway' | 'razorpay-sandbox';

export interface Violation {
  readonly service: string;
  readonly rule: string;
  readonly rows: readonly unknown[];
}

interface Whereabouts {
  readonly gatewayUrl: string;
  readonly sandboxUrl: string;
  readonly serviceUrls: Readonly<Record<ServiceName, string>>;
  readonly databaseUrls: Readonly<Record<ServiceName, string>>;
  readonly logDir: string;
  readonly secrets: Readonly<Record<string, string>>;
}

export interface Platform extends Whereabouts {
  /** Through the gateway, as nobody. */
  readonly api: TestClient;
  readonly sandbox: TestClient;
  /** Kills it; the platform starts it again half a second later. */
  kill(name: ProcessName, signal?: NodeJS.Signals): Promise<void>;
  /** What the invariants say, after events under way had time to arrive. */
  verify(): Promise<{ rules: number; orders: number; violations: readonly Violation[] }>;
  /** What ended without being asked to. */
  crashes(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly answer?: unknown;
  readonly error?: string;
  readonly ready?: Whereabouts;
  readonly failed?: string;
}

/** The whole built platform as child processes, seeded, on ports, databases and queues of its own. */
export async function startE2ePlatform(extraEnv: Readonly<Record<string, string>> = {}): Promise<Platform> {
  const environment = { ...LIMITS_OFF, ...extraEnv };
  const child = fork(fileURLToPath(new URL('./platform-process.mjs', import.meta.url)), {
    execArgv: [],
    env: { ...process.env, ...environment, E2E_EXTRA_ENV: JSON.stringify(environment) },
  });
  const where = await whereabouts(child);
  const ask = asking(child);
  return {
    ...where,
    api: httpClient(where.gatewayUrl),
    sandbox: httpClient(where.sandboxUrl),
    kill: async (name, signal = 'SIGKILL') => {
      await ask('kill', { name, signal });
    },
    verify: () => ask<Awaited<ReturnType<Platform['verify']>>>('verify'),
    crashes: () => ask<readonly string[]>('crashes'),
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      await ask('stop');
      await gone;
    },
  };
}

function whereabouts(child: ChildProcess): Promise<Whereabouts> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      reject(new Error(`The platform ended with exit code ${code} before it was ready.`));
    });
    child.on('message', (message: Message) => {
      if (message.ready !== undefined) resolve(message.ready);
      if (message.failed !== undefined) reject(new Error(message.failed));
    });
  });
}

type Ask = <T>(what: string, details?: Readonly<Record<string, unknown>>) => Promise<T>;

function asking(child: ChildProcess): Ask {
  const waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();
  child.on('message', ({ id, answer, error }: Message) => {
    if (id === undefined) return;
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(answer as never);
    else asked?.reject(new Error(error));
  });
  let lastId = 0;
  return (what, details = {}) =>
    new Promise((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      child.send({ id: lastId, ask: what, ...details });
    });
}
