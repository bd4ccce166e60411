import type { SqlTx } from './tx.js';

/**
 * Rows that are written by one statement just before their transaction commits, whoever of the transaction's work left
 * them. For rows that nothing later in the same transaction reads.
 */
export class WrittenTogether<Row> {
  private readonly rows = new WeakMap<SqlTx, Row[]>();

  constructor(private readonly write: (tx: SqlTx, rows: readonly Row[]) => Promise<unknown>) {}

  add(tx: SqlTx, ...added: readonly Row[]): void {
    const waiting = this.rows.get(tx);
    if (waiting !== undefined) {
      waiting.push(...added);
      return;
    }
    const rows = [...added];
    this.rows.set(tx, rows);
    tx.beforeCommit(() => {
      // What is added from now on, by work that runs before the commit too, is written once more.
      this.rows.delete(tx);
      return this.write(tx, rows);
    });
  }
}
