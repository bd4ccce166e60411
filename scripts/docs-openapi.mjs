// npm run docs:openapi [-- --check]   writes docs/openapi.json: what the gateway answers at /openapi.json when all services
// run, made here from their code without starting them. --check only says whether the file is up to date.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureInstalled } from './lib/install.mjs';
import { keepDocument } from './lib/keep-document.mjs';
import { root, servicesWithDatabase, workspaces } from './lib/repo.mjs';

const built = (...parts) => import(pathToFileURL(path.join(root, ...parts)).href);

/** 'share-link' → 'shareLink' */
const camelCase = (name) => name.replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase());

/** Enough for every service's configuration. Nothing answers at these addresses: a document needs no database. */
function environment() {
  const nowhere = 'postgresql://nobody@127.0.0.1:9/none';
  const { publicKey } = generateKeyPairSync('ed25519');
  const secret = randomBytes(32).toString('hex');
  return {
    LOG_LEVEL: 'silent',
    DATABASE_URL: nowhere,
    BUS_DATABASE_URL: nowhere,
    EVENT_TRANSPORT: 'embedded',
    IDENTITY_PUBLIC_KEY: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    INTERNAL_SERVICE_SECRET: secret,
    JWT_SECRET: secret,
    RAZORPAY_KEY_ID: 'rzp_test_document',
    RAZORPAY_KEY_SECRET: secret,
    RAZORPAY_WEBHOOK_SECRET: secret,
  };
}

async function documentOf(name) {
  const dist = ['services', `${name}-service`, 'dist'];
  const stem = camelCase(name);
  const module = await built(...dist, `${name}-service.module.js`);
  const { [`${stem}ServiceConfig`]: schema } = await built(...dist, `${name}-service.config.js`);
  const { [`${stem[0].toUpperCase()}${stem.slice(1)}ServiceModule`]: Module } = module;
  const { buildOpenApi, createServiceApp } = await built('libs', 'http', 'dist', 'index.js');
  const { createLogger, loadConfig } = await built('libs', 'runtime', 'dist', 'index.js');
  const config = loadConfig(schema, { env: environment() });
  const logger = createLogger({ service: name, level: config.LOG_LEVEL });
  const service = { name: `${name}-service`, description: '', module: Module.forRoot(config, logger), logger };
  const app = await createServiceApp({ ...service, host: config.HOST, port: config.PORT });
  return buildOpenApi(app, { title: service.name, description: '' });
}

try {
  ensureInstalled();
  const { generateClients } = await import('./lib/prisma-clients.mjs');
  await generateClients(servicesWithDatabase());
  const { compileWorkspaces } = await import('./lib/compile.mjs');
  const { problems } = await compileWorkspaces(workspaces());
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const { SERVICE_NAMES } = await built('libs', 'contracts', 'dist', 'index.js');
  const { mergeOpenApi } = await built('gateway', 'dist', 'docs', 'merge-openapi.js');
  const documents = new Map();
  for (const name of SERVICE_NAMES) documents.set(name, await documentOf(name));
  const merged = mergeOpenApi(documents, '/');
  const isCurrent = keepDocument('docs/openapi.json', `${JSON.stringify(merged, null, 2)}\n`);
  // Connection pools and timers of applications that never started would keep the process alive.
  process.exit(isCurrent ? 0 : 1);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
