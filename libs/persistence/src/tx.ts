/** Runs one SQL statement with `$1` parameters. int8 comes back as bigint, timestamptz as Date, jsonb parsed. */
export interface Sql {
  query<R extends object>(text: string, params?: readonly unknown[]): Promise<R[]>;
}

/** An open transaction. Opened at an edge and passed as an argument; nothing reads it from thin air. */
export interface SqlTx extends Sql {
  /** Runs as the last of the transaction's own work, in order, once `work` has ended well. What it throws rolls back. */
  beforeCommit(work: () => Promise<unknown>): void;
  /** Runs after a successful commit, in order, never after a rollback. For nudges that may be lost, not for effects. */
  afterCommit(nudge: () => void): void;
}

/** A transaction that also speaks Prisma's model API. Raw parameters need casts (`$1::uuid`), for Prisma types them itself. */
export interface ModelTx<Client> extends SqlTx {
  readonly models: Omit<Client, `$${string}`>;
}
