// How fast the machine is at this moment: the CPU time of a fixed piece of work, in the style of a server (objects, JSON,
// hashing). Neighbours on the same cores make CPU time itself longer, by cold caches and shared execution units, so
// figures of two runs are compared by this one.
import { createHash } from 'node:crypto';

const ROUNDS = 20_000;
const order = {
  id: 'order',
  lines: Array.from({ length: 10 }, (_, index) => ({ index, sku: `SKU-${index}`, paise: 150_000 })),
};

function once(rounds) {
  for (let round = 0; round < rounds; round += 1) {
    const text = JSON.stringify({ ...order, round });
    createHash('sha256').update(text).digest('hex');
    JSON.parse(text);
  }
}

/** @returns {number} CPU µs for one round */
export function referenceMicroseconds() {
  once(ROUNDS / 4);
  const before = process.cpuUsage();
  once(ROUNDS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / ROUNDS;
}
