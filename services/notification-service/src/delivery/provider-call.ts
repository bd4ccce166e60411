import { request } from 'undici';
import { Undeliverable } from './message-channel.js';

export interface ProviderCall {
  readonly url: string;
  readonly token: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Refusals that are not about the message: our login, our allowance, their time. */
const CURABLE = new Set([401, 403, 407, 408, 425, 429]);
const SHOWN_CHARACTERS = 300;

/**
 * Posts JSON to a provider of messages.
 *
 * @returns its answer, undefined where that is not JSON
 * @throws {Undeliverable} when it refuses this message; any other error is worth another try.
 */
export async function callProvider({ url, token, body, headers, timeoutMs }: ProviderCall): Promise<unknown> {
  const response = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify(body),
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.body.text();
  const { statusCode } = response;
  if (statusCode < 300) return jsonOf(text);
  const problem = `the provider answered ${statusCode}: ${text.slice(0, SHOWN_CHARACTERS)}`;
  throw statusCode >= 400 && statusCode < 500 && !CURABLE.has(statusCode)
    ? new Undeliverable(problem)
    : new Error(problem);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
