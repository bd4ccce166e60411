/** SQL that a process has sent, for the benchmark's statements-per-order figure. */
export interface StatementCounts {
  /** Everything but transaction control. */
  readonly statements: number;
  readonly begins: number;
  readonly commits: number;
  readonly rollbacks: number;
}

type MutableCounts = { -readonly [K in keyof StatementCounts]: number };

const textOf = (query: unknown): string => {
  if (typeof query === 'string') return query;
  if (typeof query === 'object' && query !== null && 'text' in query) return String(query.text);
  return '';
};

export class StatementCounter {
  private readonly counts: MutableCounts = { statements: 0, begins: 0, commits: 0, rollbacks: 0 };

  /** Counts at the connection, so that what Prisma sends over the shared pool is seen as well. */
  watch(client: { query: (...args: never[]) => unknown }): void {
    const original: (...args: never[]) => unknown = client.query.bind(client);
    client.query = (...args: never[]) => {
      this.count(textOf(args[0]));
      return original(...args);
    };
  }

  snapshot(): StatementCounts {
    return { ...this.counts };
  }

  private count(text: string): void {
    const word = text.trimStart().slice(0, 8).toUpperCase();
    if (word.startsWith('BEGIN')) this.counts.begins += 1;
    else if (word.startsWith('COMMIT')) this.counts.commits += 1;
    else if (word.startsWith('ROLLBACK')) this.counts.rollbacks += 1;
    else this.counts.statements += 1;
  }
}
