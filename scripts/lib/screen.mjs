// The one screen that `npm start` ends with.
import { PEOPLE, PASSWORD } from './seed-data.mjs';

const SIGN_IN = `  Sign in (password of all: ${PASSWORD})
${PEOPLE.map(({ email, role }) => `    ${role.toLowerCase().padEnd(10)} ${email}`).join('\n')}`;

const NOBODY = '  Nobody can sign in yet and the shop is empty: npm start, with all services, fills it.';

/** Needs every service. */
const STORY = `    npm run demo                     a reseller earns a commission, step by step
    npm run verify:invariants        checks that stock, orders, payments and wallets agree
`;

export function screenOf({ settings, services, postgres, broker, withSandbox, memory }) {
  const { gatewayUrl, sandboxPort, gatewayPort } = settings;
  const row = (name, port) => `    ${name.padEnd(22)} http://localhost:${port}`;
  const database =
    postgres.kind === 'given'
      ? `PostgreSQL at ${new URL(postgres.url).host}, because the environment names it`
      : `embedded PostgreSQL on port ${postgres.port}, because the environment names none (DATABASE_URL would)`;
  const events =
    broker.kind === 'rabbitmq'
      ? `RabbitMQ at ${new URL(broker.url).host}`
      : `over PostgreSQL, because ${broker.reason}`;
  const payments = withSandbox
    ? `the sandbox at http://localhost:${sandboxPort}, because no Razorpay keys are set`
    : 'Razorpay, with the keys that are set';
  return `
  The reseller platform is running.

    API                    ${gatewayUrl}
    API documents          ${gatewayUrl}/docs
    health of everything   ${gatewayUrl}/health

  Services
${row('gateway', gatewayPort)}
${services.map(({ name, port }) => row(`${name}-service`, port)).join('\n')}
${withSandbox ? `${row('razorpay sandbox', sandboxPort)}\n` : ''}
  Database   ${database}
  Events     ${events}
  Payments   ${payments}
  Logs       ${settings.logDir}

${memory.seeded === undefined ? NOBODY : SIGN_IN}

  Try next, in another terminal
${services.length < settings.services.length ? '' : STORY}    curl '${gatewayUrl}/products?take=3'

  Ctrl-C stops everything; the data stays, and the next start takes seconds.
`;
}
