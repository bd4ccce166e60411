// The storm itself, on a platform of its own: begins, rages for so many seconds, dies down, and is looked at.
import { setTimeout as sleep } from 'node:timers/promises';
import { apiClient } from '../api-client.mjs';
import { OwnPlace } from '../own-place.mjs';
import { until } from '../story.mjs';
import { Administrator } from './administrator.mjs';
import { Buyer } from './buyer.mjs';
import { Calls } from './calls.mjs';
import { Killer } from './killer.mjs';
import { Aftermath } from './quiet.mjs';
import { Random } from './random.mjs';
import { openShop } from './shop.mjs';

const BUYERS = 6;
const ADMINISTRATORS = 2;
/** Longest waits after it: Razorpay's next attempt at a webhook, reconciliation's next look. */
const QUIET_MS = 180_000;
const SETTLE_MS = 60_000;

/** A failed handler is tried again soon, and what Razorpay did not tell is asked for soon: the storm waits for both. */
const IMPATIENT = {
  RATE_LIMIT_PER_MINUTE: '100000000',
  RATE_LIMIT_PAYMENTS_PER_MINUTE: '100000000',
  JWT_EXPIRES_IN: '12h',
  DATABASE_POOL_SIZE: '4',
  EVENT_RETRY_DELAYS_MS: '200,1000,3000,10000,10000',
  PAYMENT_JOBS_INTERVAL: '500ms',
  PAYMENT_RECONCILE_AFTER: '5s',
  ORDER_EXPIRY_INTERVAL: '1s',
};

export function useOwnPlace() {
  const place = new OwnPlace({ name: 'storm', portBase: 7200 });
  place.use();
  process.env.EVENT_RETRY_DELAYS_MS = IMPATIENT.EVENT_RETRY_DELAYS_MS;
  process.env.LOG_LEVEL ??= 'warn';
  return place;
}

/** @returns {Promise<object>} the platform, and the crashes that it told of */
export async function startStormPlatform(log) {
  const { buildAll, startPlatform } = await import('../platform.mjs');
  const { seed } = await import('../seed.mjs');
  await buildAll();
  const crashes = [];
  const note = (line) => (line.includes('unexpectedly') ? crashes.push(line) : log(line));
  const platform = await startPlatform({ log: note, extraEnv: IMPATIENT });
  await seed(platform);
  return { platform, crashes };
}

/** @returns {Promise<object>} what was done, and what is known of it from outside */
export async function rage(platform, { seed, seconds }) {
  const random = new Random(seed);
  const calls = new Calls();
  const { settings } = platform;
  const known = { sold: [], razorpayPayments: new Map() };
  const world = {
    calls,
    known,
    gateway: calls.client(settings.gatewayUrl),
    sandbox: calls.client(`http://localhost:${settings.sandboxPort}`),
    shop: await openShop(platform, `${seed}-${Date.now().toString(36)}`),
  };
  const killer = new Killer({ calls, random: random.fork('killer'), processes: platform.processes });
  const actors = [
    ...Array.from({ length: BUYERS }, (_, index) => new Buyer({ ...world, random: random.fork(`buyer ${index}`) })),
    ...Array.from(
      { length: ADMINISTRATORS },
      (_, index) => new Administrator({ ...world, random: random.fork(`administrator ${index}`) }),
    ),
    killer,
  ];
  const startedAtMs = Date.now();
  const endAtMs = startedAtMs + seconds * 1_000;
  const untilTheEnd = async (actor) => {
    while (Date.now() < endAtMs) {
      await actor.once();
      await sleep(50);
    }
  };
  await Promise.all(actors.map(untilTheEnd));
  const admin = apiClient(settings.gatewayUrl).as(world.shop.admins[0]);
  return { calls, known, killed: killer.killed, admin, startedAtMs };
}

/** Waits for quiet and looks for what is broken. @returns {Promise<{ broken: string[], orders: number, rules: number }>} */
export async function lookAtAftermath({ place, platform, crashes, storm, log }) {
  const { verifyInvariants } = await import('../invariants.mjs');
  const { urlOfDatabase } = await import('../service-env.mjs');
  const services = platform.services.map(({ name, database }) => ({
    name,
    url: urlOfDatabase(platform.postgres.url, database),
  }));
  const transport = await place.transport(platform);
  const ready = new Promise((resolve) => transport.onReady(resolve));
  transport.open();
  await ready;
  const aftermath = new Aftermath({ services, depthOf: (name) => transport.queueDepth(name) });
  try {
    log('Waiting for quiet …');
    await aftermath.whenQuiet(QUIET_MS);
    log('Reconciling and comparing with Razorpay …');
    await reconcile(storm);
    const atRazorpay = (id) => paymentAtRazorpay(platform, id);
    const differences = await aftermath.compareWithRazorpay(storm.known.razorpayPayments, atRazorpay, QUIET_MS);
    const busy = await aftermath.whenQuiet(QUIET_MS);
    log('Verifying the invariants …');
    const urlOf = (service) => services.find(({ name }) => name === service).url;
    const { rules, orders, violations } = await verifyInvariants({ urlOf, settleMs: SETTLE_MS });
    const broken = [
      ...differences,
      ...busy.map((what) => `not quiet after ${QUIET_MS / 1_000} s: ${what}`),
      ...(await aftermath.dead()),
      ...violations.map(({ service, rule, rows }) => `${service}: ${rule}: ${JSON.stringify(rows)}`),
      ...(crashes.length > storm.killed
        ? [`${crashes.length - storm.killed} processes ended that nobody killed`, ...crashes]
        : []),
    ];
    return { broken, orders, rules };
  } finally {
    await aftermath.close();
    await transport.close();
  }
}

/**
 * What an administrator does after a bad day. By itself the platform asks about orders that are not paid; a second payment of
 * a paid one, whose webhooks were all lost, is found when the days are compared.
 */
async function reconcile({ admin, startedAtMs }) {
  const at = (ms) => new Date(ms).toISOString();
  const range = { from: at(startedAtMs - 60_000), to: at(Date.now() + 60_000) };
  const { id } = await admin.post('/admin/payments/reconcile', range);
  const report = await until(
    () => admin.get(`/admin/payments/reconciliations/${id}`),
    ({ status }) => status !== 'RUNNING',
    QUIET_MS,
  );
  if (report.status === 'RUNNING') throw new Error(`The reconciliation ${id} did not come to its end.`);
}

async function paymentAtRazorpay({ settings, razorpay }, id) {
  const { RAZORPAY_KEY_ID, RAZORPAY_KEY_SECRET } = razorpay.env;
  const authorization = `Basic ${Buffer.from(`${RAZORPAY_KEY_ID}:${RAZORPAY_KEY_SECRET}`).toString('base64')}`;
  const response = await fetch(`http://localhost:${settings.sandboxPort}/v1/payments/${id}`, {
    headers: { authorization },
  });
  return response.json();
}
