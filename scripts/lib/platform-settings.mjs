// What a platform on this machine is made of: its ports, its secrets and what it remembers beside its data.
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { dataDir as defaultDataDir, workspaces } from './repo.mjs';
import { databaseName, serviceDotEnv, urlOfDatabase } from './service-env.mjs';

const order = ['auth', 'product', 'pricing', 'order', 'payment', 'wallet', 'share-link', 'notification'];
const core = new Set(['auth', 'product', 'pricing', 'order', 'payment']);

/** Fetch, in Node and in browsers, refuses these (https://fetch.spec.whatwg.org/#port-blocking); those below 1024 are left out. */
const BLOCKED_PORTS = [
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];
const PORTS = 10;

/** Where this run listens and keeps its data. RESELLER_PORT_BASE moves all ports together: gateway, services, sandbox. */
export function readSettings(env = process.env) {
  const base = Number(env.RESELLER_PORT_BASE ?? 3000);
  if (!Number.isInteger(base) || base < 1 || base > 65_000)
    throw new Error(`RESELLER_PORT_BASE is ${env.RESELLER_PORT_BASE}, but must be a port between 1 and 65000.`);
  const blocked = BLOCKED_PORTS.find((port) => port >= base && port < base + PORTS);
  if (blocked !== undefined)
    throw new Error(
      `RESELLER_PORT_BASE ${base} takes the ports up to ${base + PORTS - 1}, and browsers refuse ${blocked}: choose another.`,
    );
  const services = order.map((name, index) => ({
    name,
    port: base + 1 + index,
    workspace: workspaces().find((one) => one.dir === `services/${name}-service`),
    database: `${env.RESELLER_DATABASE_PREFIX ?? ''}${databaseName({ name })}`,
  }));
  const dataDir = env.RESELLER_DATA_DIR ? path.resolve(env.RESELLER_DATA_DIR) : defaultDataDir;
  return {
    dataDir,
    logDir: path.join(dataDir, 'logs'),
    gatewayPort: base,
    sandboxPort: base + 9,
    services,
    busDatabase: `${env.RESELLER_DATABASE_PREFIX ?? ''}bus_db`,
    gatewayUrl: `http://localhost:${base}`,
  };
}

export const coreServices = (services) => services.filter((service) => core.has(service.name));

/** Secrets and the transport stay with the data: tokens live through a restart, events are not left on another broker. */
export function loadMemory(dataDir) {
  const file = path.join(dataDir, 'platform.json');
  const memory = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { secrets: newSecrets() };
  const save = () => {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, JSON.stringify(memory, null, 2), { mode: 0o600 });
  };
  return { memory, save };
}

function newSecrets() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const secret = () => randomBytes(32).toString('base64url');
  return {
    JWT_SECRET: secret(),
    INTERNAL_SERVICE_SECRET: secret(),
    IDENTITY_PRIVATE_KEY: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    IDENTITY_PUBLIC_KEY: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    RAZORPAY_KEY_ID: `rzp_test_${createHash('sha256').update(secret()).digest('hex').slice(0, 14)}`,
    RAZORPAY_KEY_SECRET: secret(),
    RAZORPAY_WEBHOOK_SECRET: secret(),
  };
}

/** Real keys from the environment or payment's .env; without both of them the sandbox stands in for Razorpay. */
export function razorpayKeys(settings, secrets, env = process.env) {
  const payment = settings.services.find((service) => service.name === 'payment');
  const own = { ...serviceDotEnv(payment.workspace), ...env };
  const isReal = (value) => value !== undefined && value !== '' && !/x{4,}|your[_-]|change[_-]?me/i.test(value);
  if (isReal(own.RAZORPAY_KEY_ID) && isReal(own.RAZORPAY_KEY_SECRET) && isReal(own.RAZORPAY_WEBHOOK_SECRET)) {
    const { RAZORPAY_KEY_ID, RAZORPAY_KEY_SECRET, RAZORPAY_WEBHOOK_SECRET, RAZORPAY_API_URL } = own;
    return {
      sandbox: false,
      env: {
        RAZORPAY_KEY_ID,
        RAZORPAY_KEY_SECRET,
        RAZORPAY_WEBHOOK_SECRET,
        ...(RAZORPAY_API_URL ? { RAZORPAY_API_URL } : {}),
      },
    };
  }
  const { RAZORPAY_KEY_ID, RAZORPAY_KEY_SECRET, RAZORPAY_WEBHOOK_SECRET } = secrets;
  return {
    sandbox: true,
    env: {
      RAZORPAY_KEY_ID,
      RAZORPAY_KEY_SECRET,
      RAZORPAY_WEBHOOK_SECRET,
      RAZORPAY_API_URL: `http://127.0.0.1:${settings.sandboxPort}`,
    },
  };
}

/** What services and gateway share, from where things listen and what was provisioned. */
export function commonEnvironment({ settings, secrets, broker, databaseAdminUrl }) {
  const urls = Object.fromEntries(
    settings.services.map(({ name, port }) => [
      `${name.replaceAll('-', '_').toUpperCase()}_SERVICE_URL`,
      `http://127.0.0.1:${port}`,
    ]),
  );
  return {
    NODE_ENV: process.env.NODE_ENV ?? 'development',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
    HOST: process.env.HOST ?? '127.0.0.1',
    PUBLIC_URL: process.env.PUBLIC_URL ?? settings.gatewayUrl,
    FRONTEND_URL: process.env.FRONTEND_URL ?? settings.gatewayUrl,
    INTERNAL_SERVICE_SECRET: secrets.INTERNAL_SERVICE_SECRET,
    IDENTITY_PUBLIC_KEY: secrets.IDENTITY_PUBLIC_KEY,
    EVENT_TRANSPORT: broker.kind,
    EVENT_NAMESPACE: process.env.EVENT_NAMESPACE ?? '',
    RABBITMQ_URL: broker.kind === 'rabbitmq' ? broker.url : '',
    BUS_DATABASE_URL: broker.kind === 'embedded' ? urlOfDatabase(databaseAdminUrl, settings.busDatabase) : '',
    // Ends a process whose starter was killed, so that the next start finds the ports free.
    STOP_WITH_PARENT: '1',
    // Node 22 and later keep compiled code between starts; Node 20 does not know the variable.
    NODE_COMPILE_CACHE: path.join(settings.dataDir, 'compile-cache'),
    ...urls,
  };
}

/** @throws {Error} one sentence that names every port in use */
export async function requireFreePorts(ports) {
  const refusals = [];
  for (const port of ports) {
    const code = await refusalOf(port);
    if (code !== undefined) refusals.push({ port, code });
  }
  if (refusals.length === 0) return;
  const [are, many] = refusals.length === 1 ? ['is', ''] : ['are', 's'];
  const list = `Port${many} ${refusals.map(({ port }) => port).join(', ')} ${are}`;
  const elsewhere = 'choose other ports with RESELLER_PORT_BASE, for example RESELLER_PORT_BASE=4000 npm start.';
  throw new Error(
    refusals.every(({ code }) => code === 'EACCES')
      ? `${list} only for the system's administrator: ${elsewhere}`
      : `${list} in use: stop what listens there (a platform that is already running?), or ${elsewhere}`,
  );
}

/** @returns {Promise<string | undefined>} the error's code, such as EADDRINUSE */
function refusalOf(port) {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', ({ code }) => resolve(code));
    probe.listen({ port, host: '127.0.0.1' }, () => probe.close(() => resolve(undefined)));
  });
}

/** @throws {Error} one sentence when nothing can be written there */
export function requireWritable(dataDir) {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK);
  } catch (error) {
    throw new Error(
      `The data folder ${dataDir} cannot be written (${error.code}): make it writable, or name another in RESELLER_DATA_DIR.`,
      { cause: error },
    );
  }
}
