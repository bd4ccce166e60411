// npm run bench   measures purchases and reads on a platform of its own, and removes it afterwards. See bench/README.md.
import os from 'node:os';
import { writeFileSync } from 'node:fs';
import { ensureInstalled } from '../scripts/lib/install.mjs';
import { leavePlace, startBenchPlatform, useOwnPlace } from './lib/platform.mjs';
import { floorText, lastUnitsText, purchasesText, readsText } from './lib/report.mjs';

const setting = (name, fallback) => Number(process.env[name] ?? fallback);
const seconds = setting('BENCH_SECONDS', 30);
const concurrency = setting('BENCH_CONCURRENCY', 16);
const ratePerSecond = setting('BENCH_RATE', 40);
const readSeconds = setting('BENCH_READ_SECONDS', Math.min(8, seconds));
/** A platform runs for days: what is measured comes after the compiler has settled, or after three minutes on a slow machine. */
const warmUpOrders = setting('BENCH_WARM_UP_ORDERS', 4_000);
const WARM_UP_SECONDS_MAX = 180;
const [, , ...named] = process.argv;
const usualParts = (process.env.BENCH_PARTS ?? 'purchases,paced,reads,floor,last-units').split(',');
const parts = new Set(named.length > 0 ? named : usualParts);
const log = (line) => console.log(`  ${line}`);

async function measure() {
  const { openShop } = await import('./lib/shop.mjs');
  const { runPurchases, runReads } = await import('./lib/scenarios.mjs');
  const results = {};
  const show = (text) => console.log(text);
  let platform = await startBenchPlatform({ log });
  running = platform;
  // The restart for the floor takes the same broker without looking for it again, and waits longer for its answer.
  if (platform.broker.kind === 'rabbitmq') process.env.RABBITMQ_URL = platform.broker.url;
  const shop = await openShop(platform);
  log('Warming up …');
  await runPurchases(platform, shop, { concurrency, seconds: WARM_UP_SECONDS_MAX, orders: warmUpOrders });

  if (parts.has('purchases')) {
    results.full = await runPurchases(platform, shop, { concurrency, seconds });
    show(purchasesText(`Purchases, concurrency ${concurrency}, ${seconds} s`, results.full));
  }
  if (parts.has('paced')) {
    results.paced = await runPurchases(platform, shop, { ratePerSecond, seconds });
    show(purchasesText(`Purchases, ${ratePerSecond} a second, ${seconds} s`, results.paced));
  }
  if (parts.has('last-units')) {
    const { runLastUnits } = await import('./lib/last-units.mjs');
    results.lastUnits = await runLastUnits(platform, shop);
    show(lastUnitsText(results.lastUnits));
  }
  if (parts.has('reads')) {
    results.reads = await runReads(platform, shop, { connections: concurrency, seconds: readSeconds });
    show(readsText(results.reads));
  }
  if (parts.has('floor') && platform.withSandbox && results.full !== undefined) {
    const { measureFloor } = await import('./floor.mjs');
    results.floor = await measureFloor(platform, shop, {
      concurrency,
      restart: async (options) => (running = platform = await startBenchPlatform({ log, ...options })),
    });
    show(floorText(results.floor, results.full));
  }
  return results;
}

let running;

async function cleanUp() {
  if (running === undefined) return;
  const platform = running;
  running = undefined;
  await leavePlace(platform, log);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void cleanUp().finally(() => process.exit(130)));

try {
  ensureInstalled();
  useOwnPlace();
  const { buildAll } = await import('../scripts/lib/platform.mjs');
  await buildAll();
  console.log(
    `${new Date().toISOString()}  Node ${process.version}, ${os.cpus().length} cores, load ${os
      .loadavg()
      .map((one) => one.toFixed(1))
      .join(' ')}`,
  );
  const results = await measure();
  if (process.env.BENCH_JSON) writeFileSync(process.env.BENCH_JSON, JSON.stringify(results, null, 2));
} catch (error) {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
process.exit();
