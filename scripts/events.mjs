// npm run events -- dead list|show|replay|discard [--service order] [--type ORDER_PAID] [--id …] [--limit 50] [--all]
// npm run events -- republish --service order --since 2026-01-31T10:00Z [--until …] [--type …] [--dry-run] [--force]
// Works on the transport that the environment names, else on that of `npm start` on this machine, else on that of the
// services' own .env files.
import { parseArgs } from 'node:util';
import { servicesWithDatabase } from './lib/repo.mjs';
import { migrationUrl, serviceDotEnv, urlOfDatabase } from './lib/service-env.mjs';

const usage = `Usage:
  npm run events -- dead list    [--service s] [--type T] [--id uuid] [--limit n]
  npm run events -- dead show    --id uuid [--service s]
  npm run events -- dead replay  [--service s] (--type T | --id uuid | --all)
  npm run events -- dead discard [--service s] (--type T | --id uuid | --all)
  npm run events -- republish --service s --since time [--until time] [--type T] [--dry-run] [--force]`;

const options = {
  service: { type: 'string' },
  type: { type: 'string' },
  id: { type: 'string' },
  limit: { type: 'string', default: '50' },
  all: { type: 'boolean', default: false },
  since: { type: 'string' },
  until: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
};
const CONNECT_LIMIT_MS = 10_000;

try {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  await run(positionals.join(' '), values);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function run(command, values) {
  const commands = {
    'dead list': list,
    'dead show': show,
    'dead replay': (opened, given) => change(opened, given, 'replay', 'sent back to their queue'),
    'dead discard': (opened, given) => change(opened, given, 'discard', 'discarded'),
    republish: republishRange,
  };
  const work = commands[command];
  if (work === undefined) throw new Error(usage);
  const services = chosenServices(values.service);
  if (command === 'republish' && (!values.service || !values.since)) throw new Error(usage);
  if (/replay|discard/.test(command) && !values.id && !values.type && !values.all)
    throw new Error('Say which: --id, --type, or --all.');
  const opened = await openTransport(services);
  try {
    await work(opened, values);
  } finally {
    await opened.transport.close();
  }
}

/** A library as it was compiled. */
async function importBuilt(name) {
  try {
    return await import(name);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error('The libraries are not compiled yet: run npm run build.');
  }
}

function chosenServices(name) {
  const services = servicesWithDatabase(name === undefined ? [] : [name]);
  if (services.length === 0) throw new Error('No service has a database here.');
  return services;
}

async function openTransport(services) {
  const { createTransport, messagingEnv } = await importBuilt('@reseller/messaging');
  const { createLogger } = await importBuilt('@reseller/runtime');
  const { z } = await import('zod');
  const env = { ...serviceDotEnv(services[0]), ...(await startedHere()), ...process.env };
  const settings = z.object(messagingEnv).parse(env);
  const logger = createLogger({ service: 'events', level: 'silent' });
  const { transport } = createTransport(services[0].name, settings, logger);
  const ready = new Promise((resolve) => transport.onReady(resolve));
  transport.open();
  const timer = setTimeout(() => {
    console.error(`The transport does not answer (${transport.state().detail ?? transport.name}).`);
    process.exit(1);
  }, CONNECT_LIMIT_MS);
  await ready;
  clearTimeout(timer);
  return { transport, services };
}

/** What `npm start` chose on this machine, if it was ever run here. */
async function startedHere() {
  const { loadMemory, readSettings } = await import('./lib/platform-settings.mjs');
  const settings = readSettings();
  const { memory } = loadMemory(settings.dataDir);
  if (memory.broker === undefined) return {};
  const { provisionBroker } = await import('./lib/provision.mjs');
  const broker = memory.broker.kind === 'rabbitmq' ? await provisionBroker() : memory.broker;
  if (broker.kind === 'rabbitmq') return { EVENT_TRANSPORT: 'rabbitmq', RABBITMQ_URL: broker.url };
  const { findDatabases } = await import('./lib/find-databases.mjs');
  const { adminUrl } = await findDatabases();
  return { EVENT_TRANSPORT: 'embedded', BUS_DATABASE_URL: urlOfDatabase(adminUrl, settings.busDatabase) };
}

async function list({ transport, services }, { type, id, limit }) {
  let count = 0;
  for (const { name } of services) {
    for (const letter of await transport.deadLetters.list(name, { type, id }, Number(limit))) {
      count += 1;
      console.log(
        [name, letter.type, letter.id, letter.diedAt ?? '-', `${letter.attempts}x`, firstLine(letter.error)].join('  '),
      );
    }
  }
  console.log(count === 1 ? '1 dead letter.' : `${count} dead letters.`);
}

async function show({ transport, services }, { type, id }) {
  if (!id) throw new Error(usage);
  for (const { name } of services) {
    for (const letter of await transport.deadLetters.list(name, { type, id }, 10)) {
      console.log(JSON.stringify({ service: name, ...letter, body: readable(letter.body) }, null, 2));
    }
  }
}

async function change({ transport, services }, { type, id }, action, done) {
  let count = 0;
  for (const { name } of services) count += await transport.deadLetters[action](name, { type, id });
  console.log(`${count} ${done}.`);
}

async function republishRange({ transport, services }, values) {
  const [service] = services;
  const url = migrationUrl(service, { alone: true }) ?? (await findHere(service));
  if (!url) throw new Error(`The database of ${service.name} is not known: set DATABASE_URL.`);
  const { republish } = await importBuilt('@reseller/messaging');
  const { openDatabase } = await importBuilt('@reseller/persistence');
  const database = openDatabase(() => ({ $disconnect: async () => {} }), { url, poolSize: 1, service: 'events' });
  const now = new Date();
  const request = {
    since: timeOf(values.since),
    until: values.until === undefined ? now : timeOf(values.until),
    type: values.type,
    dryRun: values['dry-run'],
    force: values.force,
  };
  try {
    const count = await republish(database, transport, request, now);
    console.log(`${count} events ${request.dryRun ? 'would be' : 'were'} published again.`);
  } finally {
    await database.close();
  }
}

async function findHere(service) {
  const { findDatabases } = await import('./lib/find-databases.mjs');
  return (await findDatabases()).urlOf(service.name);
}

function timeOf(text) {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new Error(`${text} is not a time; write 2026-01-31T10:00:00Z.`);
  return time;
}

function firstLine(text) {
  return text.split('\n')[0].slice(0, 120);
}

function readable(body) {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
