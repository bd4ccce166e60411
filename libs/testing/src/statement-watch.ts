// Counts what a step costs in SQL, without what relays and jobs send beside it: so a test may name the exact number.
import { correlation } from '@reseller/runtime';
import pg from 'pg';

export interface StatementWatch {
  /** What was sent for one request (its `x-request-id`) or one event (its id) so far. */
  of(cause: string): readonly string[];
  /** What is sent while `work` goes on, for any request or event; what nothing asked for is not in it. */
  during(work: () => Promise<unknown>): Promise<readonly string[]>;
}

/**
 * Watches every statement that this process sends to PostgreSQL from now on, BEGIN and COMMIT left out, by the request or
 * event that it is sent for.
 */
export function watchStatements(): StatementWatch {
  const sent: { readonly cause: string; readonly text: string }[] = [];
  // oxlint-disable-next-line typescript/unbound-method -- called with the client that it is called on
  const original = pg.Client.prototype.query as (this: pg.Client, ...args: unknown[]) => unknown;
  const watched = function (this: pg.Client, ...args: unknown[]): unknown {
    const context = correlation.current();
    const cause = context?.eventId ?? context?.requestId;
    const text = textOf(args[0]).trim();
    if (cause !== undefined && !/^(begin|commit)/i.test(text)) sent.push({ cause, text });
    return original.apply(this, args);
  };
  Object.assign(pg.Client.prototype, { query: watched });
  return {
    of: (cause) => sent.filter((statement) => statement.cause === cause).map(({ text }) => text),
    during: async (work) => {
      const before = sent.length;
      await work();
      return sent.slice(before).map(({ text }) => text);
    },
  };
}

const textOf = (query: unknown): string =>
  typeof query === 'object' && query !== null && 'text' in query ? String(query.text) : String(query);
