// The platform under PM2:  npm run start:prod   (builds, migrates, starts)   npm run stop:prod   logs:prod   monit:prod
// Each process reads the .env in its own folder (scripts/setup-env.sh writes them). CommonJS, because PM2 requires this file.
//
// How many run of each: PM2_GATEWAY_INSTANCES (2 when not set), PM2_ORDER_INSTANCES, PM2_SHARE_LINK_INSTANCES, … (1 when not
// set), or max for one on each core. Every process may run many times; rate limits are shared when REDIS_URL is set.
const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { parseEnv } = require('node:util');

const SERVICES = ['auth', 'product', 'pricing', 'order', 'payment', 'wallet', 'share-link', 'notification'];

/** What belongs to one process only; from the shell that runs PM2 every process would get it. */
const ONE_PROCESS_ONLY = ['PORT', 'DATABASE_URL', 'DIRECT_DATABASE_URL'];

const instancesOf = (name, byDefault) => {
  const given = process.env[`PM2_${name.toUpperCase().replaceAll('-', '_')}_INSTANCES`];
  return given === undefined || given === '' ? byDefault : given === 'max' ? 'max' : Number(given);
};

const runs = (name, folder, script = 'dist/main.js') => ({
  name,
  cwd: path.join(__dirname, folder),
  script,
  filter_env: ONE_PROCESS_ONLY,
  env: { NODE_ENV: 'production' },
  env_production: { NODE_ENV: 'production' },
  // Processes stop by themselves within 10 s: requests and events under way are finished.
  kill_timeout: 12_000,
  // A reload stops the old process when the new one listens, or at this time; PM2's own 3 s are less than a start takes.
  listen_timeout: 60_000,
  exp_backoff_restart_delay: 200,
  max_memory_restart: '512M',
  merge_logs: true,
  // Log lines carry their own time.
  time: false,
});

const clustered = (app, instances) => ({ ...app, exec_mode: 'cluster', instances });

const dotEnvOf = (folder) => {
  const file = path.join(__dirname, folder, '.env');
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
};

/** The sandbox runs only where payment was told to use one on this machine. */
function sandbox() {
  const payment = { ...dotEnvOf('services/payment-service'), ...process.env };
  const url = payment.RAZORPAY_API_URL ? new URL(payment.RAZORPAY_API_URL) : undefined;
  if (url === undefined || !['localhost', '127.0.0.1'].includes(url.hostname)) return [];
  const app = runs('razorpay-sandbox', 'libs/razorpay-sandbox');
  const env = {
    ...app.env,
    RAZORPAY_SANDBOX_PORT: url.port || '80',
    RAZORPAY_SANDBOX_WEBHOOK_URL: `http://localhost:${dotEnvOf('gateway').PORT || 3000}/payments/webhook`,
    RAZORPAY_KEY_ID: payment.RAZORPAY_KEY_ID,
    RAZORPAY_KEY_SECRET: payment.RAZORPAY_KEY_SECRET,
    RAZORPAY_WEBHOOK_SECRET: payment.RAZORPAY_WEBHOOK_SECRET,
  };
  return [{ ...app, env, env_production: env, exec_mode: 'fork', instances: 1 }];
}

module.exports = {
  apps: [
    clustered(runs('gateway', 'gateway'), instancesOf('gateway', 2)),
    ...SERVICES.map((name) => clustered(runs(`${name}-service`, `services/${name}-service`), instancesOf(name, 1))),
    ...sandbox(),
  ],
};
