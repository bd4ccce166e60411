// What is measured: purchases under full load, purchases at a steady pace, and reads.
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './child.mjs';
import { percentiles } from './percentiles.mjs';
import { referenceMicroseconds } from './reference.mjs';
import { settledPurchases } from './settled.mjs';
import { readUsage, usageBetween } from './usage.mjs';

/** Status changes, link figures and notifications trail behind the commission; their work belongs to the orders too. */
const trailingWorkMs = 1_500;

const local = (port) => `http://127.0.0.1:${port}`;

export function loadPlan({ settings, withSandbox }, shop) {
  return {
    gatewayUrl: local(settings.gatewayPort),
    ...(withSandbox ? { sandboxUrl: local(settings.sandboxPort) } : {}),
    buyers: shop.buyers,
    links: shop.links,
  };
}

/** @param {object} pace `{ concurrency, seconds, orders? }` or `{ ratePerSecond, seconds }` */
export async function runPurchases(platform, shop, pace) {
  const child = new Child(new URL('../load.mjs', import.meta.url));
  try {
    const watched = [...platform.processes, child.watched];
    const referenceUs = referenceMicroseconds();
    const before = await readUsage(watched);
    const load = await child.run({ ...loadPlan(platform, shop), ...pace });
    const settled = platform.withSandbox ? await settledPurchases(platform, load.paid) : undefined;
    await sleep(trailingWorkMs);
    const usage = usageBetween(before, await readUsage(watched));
    return { ...figuresOf(load, settled), usage, referenceUs };
  } finally {
    child.stop();
  }
}

function figuresOf(load, settled) {
  const seconds = (load.endedAtMs - load.startedAtMs) / 1_000;
  const inTime = settled?.lockedAtMs.filter((at) => at <= load.endedAtMs).length;
  return {
    seconds,
    orders: load.paid.length,
    failures: load.failures,
    shownFailures: load.shownFailures,
    acceptedPerSecond: load.paid.length / seconds,
    calls: Object.fromEntries(Object.entries(load.calls).map(([name, durations]) => [name, percentiles(durations)])),
    ...(settled === undefined
      ? {}
      : {
          // Only what was finished within the window counts, so that a growing queue does not pass for speed.
          finishedPerSecond: inTime / seconds,
          locked: settled.locked,
          orderStatuses: settled.orderStatuses,
          webhookToCommissionMs: percentiles(settled.lagMs),
          drainMs: Math.max(0, Math.max(...settled.lockedAtMs) - load.endedAtMs),
        }),
  };
}

const browser = (index) =>
  `Mozilla/5.0 (Linux; Android 14; Pixel ${index}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36`;

/** Link opens come from many visitors, as they would; one visitor's would be counted once and cost less. */
function readTargets({ settings }, shop) {
  const gateway = local(settings.gatewayPort);
  const opens = (path) =>
    Array.from({ length: 1_000 }, (_, index) => ({
      path: `${path}/${shop.links[index % shop.links.length].code}`,
      headers: { 'user-agent': browser(index) },
    }));
  return [
    { name: 'GET /products?take=20', service: 'product', url: gateway, requests: [{ path: '/products?take=20' }] },
    {
      name: 'GET /products/slug/:slug',
      service: 'product',
      url: gateway,
      requests: shop.products.map(({ slug }) => ({ path: `/products/slug/${slug}` })),
    },
    ...(shop.links.length === 0
      ? []
      : [
          { name: 'GET /share-links/:code', service: 'share-link', url: gateway, requests: opens('/share-links') },
          { name: 'GET /share/:code', service: 'share-link', url: gateway, requests: opens('/share') },
        ]),
  ];
}

export async function runReads(platform, shop, { connections, seconds }) {
  const child = new Child(new URL('../reads.mjs', import.meta.url));
  const results = [];
  try {
    const watched = [...platform.processes, child.watched];
    for (const { name, service, ...target } of readTargets(platform, shop)) {
      await child.run({ ...target, connections, seconds: 2 });
      const referenceUs = referenceMicroseconds();
      const before = await readUsage(watched);
      const result = await child.run({ ...target, connections, seconds });
      const usage = usageBetween(before, await readUsage(watched));
      results.push({ name, service: `${service}-service`, ...result, usage, referenceUs });
    }
  } finally {
    child.stop();
  }
  return results;
}
