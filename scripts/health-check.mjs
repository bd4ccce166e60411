// npm run health:check   asks every process of the platform whether it is ready and shows its dependencies. Exit code 1 when one is down.
// Addresses: the gateway's at GATEWAY_URL, else the PORT in gateway/.env; the services' at AUTH_SERVICE_URL and so on, in the
// environment or in gateway/.env; else 3000 and up. RESELLER_PORT_BASE asks the platform of `npm start` that runs there.
import { readSettings } from './lib/platform-settings.mjs';
import { serviceDotEnv } from './lib/service-env.mjs';

const { gatewayPort, services } = readSettings();
const PORTS = { gateway: gatewayPort, ...Object.fromEntries(services.map(({ name, port }) => [name, port])) };
const TIMEOUT_MS = 5_000;

const env = { ...(process.env.RESELLER_PORT_BASE ? {} : serviceDotEnv({ dir: 'gateway' })), ...process.env };

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
    .filter(([name]) => !(name in PORTS))
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
