/** A migration or a database server that did not do what was asked; the message is one sentence for a person at a terminal. */
export class MigrationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
  }
}

/** The password has no place in a message or a log. */
export function withoutPassword(url: string): string {
  const parsed = new URL(url);
  const user = parsed.username === '' ? '' : `${parsed.username}@`;
  return `${user}${parsed.host}${parsed.pathname}`;
}
