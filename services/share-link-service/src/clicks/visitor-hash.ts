import { createHmac, hkdfSync } from 'node:crypto';

const DAY_MS = 86_400_000;
const HASH_BYTES = 16;

/**
 * A visitor as a keyed hash of address and user agent. The key is made from the platform's secret and the day, the same
 * on every instance: yesterday's hashes cannot be matched with today's, and nobody without the secret can test which
 * address a hash belongs to.
 */
export function visitorHasher(secret: string): (visit: { address: string; userAgent: string }, now: Date) => Buffer {
  let day = -1;
  let key: Buffer = Buffer.alloc(0);
  return ({ address, userAgent }, now) => {
    const today = Math.floor(now.getTime() / DAY_MS);
    if (today !== day) {
      key = Buffer.from(hkdfSync('sha256', secret, '', `share-link clicks ${today}`, 32));
      day = today;
    }
    return createHmac('sha256', key).update(address).update('\n').update(userAgent).digest().subarray(0, HASH_BYTES);
  };
}
