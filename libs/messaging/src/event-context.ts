import type { SqlTx } from '@reseller/persistence';

/** The second argument of an event handler. */
export interface EventContext {
  /** Already holds the inbox row: what the handler writes through it commits with that row or not at all. */
  readonly tx: SqlTx;
  /** Counts from 1. */
  readonly attempt: number;
  /** Runs after a successful commit; for nudges that may be lost, not for effects. */
  afterCommit(nudge: () => void): void;
}
