import type { Logger } from '@reseller/runtime';
import pg from 'pg';
import { settledWithin } from '../settled-within.js';
import { CONFIRM_DEADLINE_MS } from '../transport.js';

export type Query = <Row extends object>(text: string, params?: readonly unknown[]) => Promise<Row[]>;

const POOL_SIZE = 4;
const RECONNECT_MS = 1_000;
const CLOSE_LIMIT_MS = 1_000;
const CHANNEL = 'event_bus';

/** The bus's own small pool and the connection that listens for `NOTIFY`. */
export class BusDatabase {
  private readonly pool: pg.Pool;
  private listener: pg.Client | null = null;
  private timer: NodeJS.Timeout | undefined;
  private wanted = false;
  private readonly notifyListeners = new Set<(queue: string) => void>();
  private readonly readyListeners = new Set<() => void>();
  lastError = 'not connected yet';

  constructor(
    private readonly url: string,
    private readonly name: string,
    private readonly prepare: (bus: BusDatabase) => Promise<void>,
    private readonly logger: Logger,
  ) {
    this.pool = new pg.Pool({
      connectionString: url,
      max: POOL_SIZE,
      application_name: name,
      connectionTimeoutMillis: CONFIRM_DEADLINE_MS / 2,
      query_timeout: CONFIRM_DEADLINE_MS,
      keepAlive: true,
    });
    // An idle connection that the server closes is replaced by the pool.
    this.pool.on('error', () => undefined);
    // One in use reports it too, beside rejecting the query under way.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** Connected, with tables and bindings in place. */
  get isReady(): boolean {
    return this.listener !== null;
  }

  open(): void {
    if (this.wanted) return;
    this.wanted = true;
    void this.connect();
  }

  async close(): Promise<void> {
    this.wanted = false;
    clearTimeout(this.timer);
    const listener = this.listener;
    this.listener = null;
    if (listener !== null) await settledWithin(CLOSE_LIMIT_MS, listener.end());
    if (!this.pool.ending) await this.pool.end();
  }

  onNotify(listener: (queue: string) => void): () => void {
    this.notifyListeners.add(listener);
    return () => this.notifyListeners.delete(listener);
  }

  onReady(listener: () => void): () => void {
    this.readyListeners.add(listener);
    return () => this.readyListeners.delete(listener);
  }

  async query<Row extends object>(text: string, params: readonly unknown[] = []): Promise<Row[]> {
    return rowsOf<Row>(await this.pool.query(text, [...params]));
  }

  /** A prepared statement: for the texts that run all the time. */
  async prepared<Row extends object>(name: string, text: string, params: readonly unknown[]): Promise<Row[]> {
    return rowsOf<Row>(await this.pool.query({ name, text, values: [...params] }));
  }

  async transaction(work: (query: Query) => Promise<void>): Promise<void> {
    const client = await this.pool.connect();
    let failed: Error | undefined;
    try {
      await client.query('begin');
      await work(async (text, params = []) => rowsOf(await client.query(text, [...params])));
      await client.query('commit');
    } catch (error) {
      // Closing the connection rolls back, in whatever state it is.
      failed = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      client.release(failed);
    }
  }

  private async connect(): Promise<void> {
    if (!this.wanted) return;
    const client = new pg.Client({
      connectionString: this.url,
      application_name: `${this.name}-listener`,
      connectionTimeoutMillis: CONFIRM_DEADLINE_MS,
      keepAlive: true,
    });
    client.on('notification', ({ payload }) => this.notifyListeners.forEach((listener) => listener(payload ?? '')));
    let ended = false;
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => {
      ended = true;
      this.lost(client, new Error('connection ended'));
    });
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      await this.prepare(this);
      if (ended || !this.wanted) throw new Error('connection ended');
      this.listener = client;
      this.logger.info('connected to the event bus');
      for (const listener of this.readyListeners) listener();
    } catch (error) {
      this.lost(client, error instanceof Error ? error : new Error(String(error)));
      await client.end().catch(() => undefined);
      this.reconnectLater();
    }
  }

  private lost(client: pg.Client, error: Error): void {
    if (error.message !== this.lastError) this.logger.warn({ reason: error.message }, 'event bus not connected');
    this.lastError = error.message;
    if (this.listener !== client) return;
    this.listener = null;
    this.reconnectLater();
  }

  private reconnectLater(): void {
    if (!this.wanted) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.connect(), RECONNECT_MS);
    this.timer.unref();
  }
}

function rowsOf<Row extends object>(result: pg.QueryResult | pg.QueryResult[]): Row[] {
  // Several statements without parameters give several results; only single ones are read.
  return Array.isArray(result) ? [] : (result.rows as Row[]);
}
