import { Pool as NeonPool, neonConfig } from '@neondatabase/serverless';
import { PrismaNeon } from '@prisma/adapter-neon';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import ws from 'ws';
import type { StatementCounter } from './statement-counts.js';

/** What Prisma takes as `adapter`. */
export type AdapterFactory = PrismaPg | PrismaNeon;

export interface PoolOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly service: string;
  /** `neon` speaks Postgres over WebSockets. Default: by host name. */
  readonly adapter?: 'pg' | 'neon' | undefined;
  /** `host:port/path` of a WebSocket-to-TCP proxy in front of an ordinary Postgres; tests run the Neon path with it. */
  readonly neonProxy?: string | undefined;
}

export interface OpenPool {
  readonly pool: pg.Pool;
  readonly adapter: AdapterFactory;
}

const isNeonHost = (url: string): boolean => new URL(url).hostname.endsWith('.neon.tech');

/** One pool that raw SQL and, with the pg adapter, Prisma share. */
export function openPool(options: PoolOptions, counter: StatementCounter): OpenPool {
  return (options.adapter ?? (isNeonHost(options.url) ? 'neon' : 'pg')) === 'neon'
    ? openNeonPool(options, counter)
    : openPgPool(options, counter);
}

function limits(options: PoolOptions): pg.PoolConfig {
  return {
    connectionString: options.url,
    max: options.poolSize,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    application_name: options.service,
  };
}

function openPgPool(options: PoolOptions, counter: StatementCounter): OpenPool {
  const pool = new pg.Pool({ ...limits(options), keepAlive: true, query_timeout: 15_000 });
  pool.on('connect', (client) => counter.watch(client));
  return { pool, adapter: new PrismaPg(pool) };
}

function openNeonPool(options: PoolOptions, counter: StatementCounter): OpenPool {
  neonConfig.webSocketConstructor = ws;
  if (options.neonProxy !== undefined) {
    const proxy = options.neonProxy;
    neonConfig.wsProxy = () => proxy;
    neonConfig.useSecureWebSocket = false;
    neonConfig.pipelineConnect = false;
  }
  // Neon's Pool is pg's Pool over another socket; only its type declarations are its own.
  const pool = new NeonPool(limits(options)) as unknown as pg.Pool;
  pool.on('connect', (client) => counter.watch(client));
  return { pool, adapter: new PrismaNeon(limits(options)) };
}
