import { AsyncLocalStorage } from 'node:async_hooks';
import { pooledRandom } from './random-pool.js';

/** What ties log lines, events and calls of one cause together. */
export interface Correlation {
  readonly requestId: string;
  /** W3C Trace Context `traceparent` (https://www.w3.org/TR/trace-context/). */
  readonly traceparent: string;
  readonly eventId?: string;
  /** Who caused it: a user id or `service:<name>`. */
  readonly actor?: string;
}

const storage = new AsyncLocalStorage<Correlation>();

export const correlation = {
  run<T>(context: Correlation, work: () => T): T {
    return storage.run(context, work);
  },
  current(): Correlation | undefined {
    return storage.getStore();
  },
};

const hex = (bytes: number): string => pooledRandom(bytes).toString('hex');

export function newTraceparent(): string {
  return `00-${hex(16)}-${hex(8)}-01`;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;

/** A child of the trace that came in, or a new trace where the header is missing or malformed. */
export function childTraceparent(incoming: string | undefined): string {
  const match = incoming === undefined ? null : TRACEPARENT.exec(incoming);
  return match === null ? newTraceparent() : `00-${match[1]}-${hex(8)}-${match[2]}`;
}
