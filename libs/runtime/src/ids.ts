import { v7 } from 'uuid';
import { pooledRandom } from './random-pool.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether the database would take it for a UUID, of whatever version; not a number or code that a person reads. */
export const isUuid = (text: string): boolean => UUID.test(text);

const COUNTER_MAX = 0xff_ff_ff_ff;

let lastMs = 0;
let counter = 0;

/**
 * A new UUIDv7 (RFC 9562): sorts by creation time, so that primary keys append instead of scattering over the index.
 * Within a millisecond of one process a counter that begins at random keeps the order (6.2, method 1).
 */
export function newId(): string {
  const random = pooledRandom(16);
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = random.readUInt32BE(6) >>> 1;
  } else {
    counter += 1;
    if (counter > COUNTER_MAX) {
      lastMs += 1;
      counter = 0;
    }
  }
  return v7({ msecs: lastMs, seq: counter, random });
}
