import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The auth service as a tiny real server, as far as live checks of administrators go: everybody is an active
 * administrator, but who has been dismissed.
 */
export interface AuthStandIn {
  readonly url: string;
  readonly dismissed: Set<string>;
  /** What a test has it answer instead, by path. */
  readonly answers: Map<string, unknown>;
  close(): Promise<void>;
}

const USER = '/internal/users/';

export async function authStandIn(): Promise<AuthStandIn> {
  const dismissed = new Set<string>();
  const answers = new Map<string, unknown>();
  const userAt = (path: string) =>
    path.startsWith(USER)
      ? { roles: dismissed.has(path.slice(USER.length)) ? ['CUSTOMER'] : ['ADMIN'], isActive: true }
      : undefined;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const answer = answers.get(path) ?? userAt(path);
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { code: 'NOT_FOUND', detail: 'There is no such thing.' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    dismissed,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
