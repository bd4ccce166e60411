export { Copies, DeletableCopies, type Heard } from './copies.js';
export { DeleteOldTombstones } from './delete-old-tombstones.js';
export { isDatabaseOutage, isRetryableConflict, isUniqueViolation } from './errors.js';
export { Database, openDatabase, type DatabaseOptions, type PrismaLike, type TransactionOptions } from './database.js';
export type { Invariant } from './invariant.js';
export { containsPattern, likeLiteral } from './like.js';
export type { ModelTx, Sql, SqlTx } from './tx.js';
export type { StatementCounts } from './statement-counts.js';
export { WrittenTogether } from './written-together.js';
