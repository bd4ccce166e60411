export { isDatabaseOutage, isRetryableConflict } from './errors.js';
export { Database, openDatabase, type DatabaseOptions, type PrismaLike, type TransactionOptions } from './database.js';
export type { ModelTx, Sql, SqlTx } from './tx.js';
export type { StatementCounts } from './statement-counts.js';
