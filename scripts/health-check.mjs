// npm run health:check   asks every process of the platform whether it is ready and shows its dependencies. Exit code 1 when one is down.
// Addresses: the gateway's at GATEWAY_URL, else the PORT in gateway/.env, else 3000; the services' at AUTH_SERVICE_URL and so
// on, in the environment or in gateway/.env, else localhost:3001 and so on.
import { serviceDotEnv } from './lib/service-env.mjs';

const PORTS = {
  gateway: 3000,
  auth: 3001,
  product: 3002,
  pricing: 3003,
  order: 3004,
  payment: 3005,
  wallet: 3006,
  'share-link': 3007,
  notification: 3008,
};
const TIMEOUT_MS = 5_000;

const env = { ...serviceDotEnv({ dir: 'gateway' }), ...process.env };

function addressOf(name) {
  if (name === 'gateway') return env.GATEWAY_URL || `http://localhost:${env.PORT || PORTS.gateway}`;
  return env[`${name.toUpperCase().replaceAll('-', '_')}_SERVICE_URL`] || `http://localhost:${PORTS[name]}`;
}

async function ask(name) {
  const url = addressOf(name);
  const startedAt = performance.now();
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const report = await response.json();
    const latencyMs = Math.round(performance.now() - startedAt);
    return { name, url, status: response.ok ? report.status : 'unavailable', latencyMs, report };
  } catch {
    return { name, url, status: 'not reachable', latencyMs: undefined, report: {} };
  }
}

/** 'database up, events down (no connection)'; the gateway's services have rows of their own. */
function dependenciesOf({ report }) {
  return Object.entries(report.dependencies ?? {})
    .map(([name, { state, detail }]) => `${name} ${state}${detail === undefined ? '' : ` (${detail})`}`)
    .join(', ');
}

const answers = await Promise.all(Object.keys(PORTS).map(ask));
const rows = [
  ['process', 'address', 'state', 'ms', 'dependencies'],
  ...answers.map((one) => [one.name, one.url, one.status, String(one.latencyMs ?? ''), dependenciesOf(one)]),
];
const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
for (const row of rows)
  console.log(
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );

const down = answers.filter(({ status }) => status !== 'ok' && status !== 'degraded');
if (down.length > 0) {
  console.error(`\nDown: ${down.map(({ name }) => name).join(', ')}.`);
  process.exitCode = 1;
}
