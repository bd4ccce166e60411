import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { isRetryableConflict } from './errors.js';
import { openPool, type AdapterFactory, type PoolOptions } from './pool.js';
import { runQuery, type Queryable } from './query.js';
import { StatementCounter, type StatementCounts } from './statement-counts.js';
import type { ModelTx, Sql, SqlTx } from './tx.js';

export type DatabaseOptions = PoolOptions;

export interface TransactionOptions {
  readonly isolation?: 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';
  /**
   * `transaction`: how long the whole work may take before it is rolled back, 10 s unless told. `sqlTransaction`: how long
   * each of its statements may take; unless told, what the server's `statement_timeout` allows.
   */
  readonly timeoutMs?: number;
}

/** What this library needs of a generated Prisma client. */
export interface PrismaLike {
  /** Overloaded and generic in every client; {@link InteractivePrisma} says how it is called here. */
  $transaction(...args: never[]): Promise<unknown>;
  $disconnect(): Promise<void>;
}

const CONFLICT_ATTEMPTS = 4;

/** A service's database: typed reads and simple writes through `prisma`, transactions with retry, and plain SQL. */
export class Database<Client = unknown> implements Sql {
  constructor(
    readonly prisma: Client,
    private readonly pool: pg.Pool,
    private readonly counter: StatementCounter,
    private readonly disconnect: () => Promise<void>,
  ) {}

  /** One statement in its own transaction, run again after a serialisation failure or deadlock: it did nothing then. */
  query<R extends object>(text: string, params: readonly unknown[] = []): Promise<R[]> {
    return retryConflicts(() => runQuery<R>(this.pool, text, params));
  }

  /**
   * A transaction over the driver alone: for hot steps and consumers, at a fraction of the CPU of Prisma's interactive
   * transaction. Serialisation failures and deadlocks are run again, so `work` must have no effect outside `tx`.
   */
  sqlTransaction<T>(work: (tx: SqlTx) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return retryConflicts(() => this.runSqlTransaction(work, options));
  }

  /** A Prisma interactive transaction that also runs SQL: for everything that is not hot. Retried like the other. */
  transaction<T>(work: (tx: ModelTx<Client>) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return retryConflicts(() => this.runModelTransaction(work, options));
  }

  async ping(): Promise<void> {
    await this.query('select 1 as one');
  }

  statementCounts(): StatementCounts {
    return this.counter.snapshot();
  }

  async close(): Promise<void> {
    await this.disconnect();
    if (!this.pool.ended) await this.pool.end();
  }

  private async runSqlTransaction<T>(work: (tx: SqlTx) => Promise<T>, options: TransactionOptions): Promise<T> {
    const client = await this.pool.connect();
    const hooks = new CommitHooks();
    let broken: Error | undefined;
    try {
      await client.query(options.isolation === undefined ? 'begin' : `begin isolation level ${options.isolation}`);
      if (options.timeoutMs !== undefined) {
        await client.query(`set local statement_timeout = ${Math.trunc(options.timeoutMs)}`);
      }
      const result = await work(sqlTx(client, hooks));
      await hooks.runBefore();
      await commit(client);
      hooks.runAfter();
      return result;
    } catch (error) {
      broken = await rollback(client);
      throw error;
    } finally {
      // A connection whose rollback failed is in an unknown state: it is closed instead of reused.
      client.release(broken);
    }
  }

  private async runModelTransaction<T>(
    work: (tx: ModelTx<Client>) => Promise<T>,
    options: TransactionOptions,
  ): Promise<T> {
    const hooks = new CommitHooks();
    // `Client` is any generated client, whose overloads TypeScript cannot match with this one signature of them.
    const prisma = this.prisma as unknown as InteractivePrisma<Client>;
    const result = await prisma.$transaction(
      async (models) => {
        const worked = await work({
          models,
          query: <R extends object>(text: string, params: readonly unknown[] = []) =>
            models.$queryRawUnsafe<R[]>(text, ...params),
          beforeCommit: (last) => void hooks.before.push(last),
          afterCommit: (nudge) => void hooks.after.push(nudge),
        });
        await hooks.runBefore();
        return worked;
      },
      {
        maxWait: 5_000,
        timeout: options.timeoutMs ?? 10_000,
        ...(options.isolation === undefined ? {} : { isolationLevel: ISOLATION_LEVELS[options.isolation] }),
      },
    );
    hooks.runAfter();
    return result;
  }
}

const ISOLATION_LEVELS = {
  'READ COMMITTED': 'ReadCommitted',
  'REPEATABLE READ': 'RepeatableRead',
  SERIALIZABLE: 'Serializable',
} as const;

interface InteractivePrisma<Client> {
  $transaction<R>(
    work: (models: Client & { $queryRawUnsafe<R2>(text: string, ...params: unknown[]): Promise<R2> }) => Promise<R>,
    options: { maxWait: number; timeout: number; isolationLevel?: string },
  ): Promise<R>;
}

/** What one transaction is to do around its commit. */
class CommitHooks {
  readonly before: (() => Promise<unknown>)[] = [];
  readonly after: (() => void)[] = [];

  async runBefore(): Promise<void> {
    for (const last of this.before) await last();
  }

  runAfter(): void {
    for (const nudge of this.after) nudge();
  }
}

function sqlTx(client: Queryable, hooks: CommitHooks): SqlTx {
  return {
    query: (text, params = []) => runQuery(client, text, params),
    beforeCommit: (last) => void hooks.before.push(last),
    afterCommit: (nudge) => void hooks.after.push(nudge),
  };
}

/** A transaction in which a statement failed cannot be committed: Postgres answers COMMIT with ROLLBACK, without an error. */
async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('commit');
  if (command !== 'COMMIT')
    throw new Error('The transaction was rolled back: work went on after a statement had failed.');
}

async function rollback(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function retryConflicts<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt >= CONFLICT_ATTEMPTS || !isRetryableConflict(error)) throw error;
      await sleep(Math.random() * 20 * attempt);
    }
  }
}

/**
 * Opens a service's database. Connections are made when first needed, so a service starts while its database is down.
 *
 * @param makeClient `(adapter) => new PrismaClient({ adapter })` with the service's generated client.
 */
export function openDatabase<Client extends PrismaLike>(
  makeClient: (adapter: AdapterFactory) => Client,
  options: DatabaseOptions,
): Database<Client> {
  const counter = new StatementCounter();
  const { pool, adapter } = openPool(options, counter);
  // An idle connection that the server closes is reported here; the pool replaces it, so there is nothing to do.
  pool.on('error', () => undefined);
  // One in use reports it too, beside rejecting the query under way, and without a listener that would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const prisma = makeClient(adapter);
  return new Database(prisma, pool, counter, () => prisma.$disconnect());
}
