import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Database, type StatementCounts } from '@reseller/persistence';
import { Counter } from 'prom-client';

/*
 * How much SQL this process has sent, on prom-client's default registry: the benchmark divides it by orders, and a step
 * that starts to query in a loop shows at once.
 */

const databases = new Set<Pick<Database, 'statementCounts'>>();

/** A process holds one database; a test that runs several services in one process sees their sum. */
const sumOf = (count: keyof StatementCounts): number =>
  [...databases].reduce((sum, database) => sum + database.statementCounts()[count], 0);

// The counting itself happens at the connections; these repeat it when they are scraped.
new Counter({
  name: 'db_statements_total',
  help: 'SQL statements sent, transaction control left out',
  collect() {
    this.reset();
    this.inc(sumOf('statements'));
  },
});

new Counter({
  name: 'db_transactions_total',
  help: 'Transaction control statements sent',
  labelNames: ['kind'],
  collect() {
    this.reset();
    this.inc({ kind: 'begin' }, sumOf('begins'));
    this.inc({ kind: 'commit' }, sumOf('commits'));
    this.inc({ kind: 'rollback' }, sumOf('rollbacks'));
  },
});

/** Adds the service's database to the process's metrics for as long as the service runs. */
@Injectable()
export class DatabaseMetrics implements OnModuleInit, OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  onModuleInit(): void {
    databases.add(this.database);
  }

  onApplicationShutdown(): void {
    databases.delete(this.database);
  }
}
