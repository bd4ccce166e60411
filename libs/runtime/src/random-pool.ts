import { randomFillSync } from 'node:crypto';

/** A call into the random generator costs more than what its bytes are used for, so it is asked for many at once. */
const pool = Buffer.allocUnsafe(8_192);
let used = pool.length;

/** Random bytes from the operating system's generator. A view that is good until the next call: copy what you keep. */
export function pooledRandom(bytes: number): Buffer {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.subarray(used - bytes, used);
}
