// npm run reset [-- --yes]   removes the data of `npm start`: its databases, its queues and what it remembers. Databases on a
// server that the environment names are only dropped with --yes.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled } from './lib/install.mjs';

try {
  ensureInstalled();
  const { loadMemory, readSettings, requireFreePorts } = await import('./lib/platform-settings.mjs');
  const { removeEmbeddedPostgres } = await import('./lib/embedded-postgres.mjs');
  const settings = readSettings();
  await requireFreePorts([settings.gatewayPort, ...settings.services.map(({ port }) => port)]).catch(() => {
    throw new Error('The platform is running: stop it first (Ctrl-C in its terminal).');
  });
  const { memory } = loadMemory(settings.dataDir);
  const adminUrl = process.env.DATABASE_ADMIN_URL || process.env.DATABASE_URL;
  if (adminUrl) await dropDatabases(adminUrl, settings);
  await removeEmbeddedPostgres(path.join(settings.dataDir, 'postgres'));
  if (memory.broker?.kind === 'rabbitmq') await deleteQueues();
  for (const name of ['platform.json', 'logs'])
    rmSync(path.join(settings.dataDir, name), { recursive: true, force: true });
  console.log('Everything of the platform on this machine is removed. The next npm start begins anew.');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function dropDatabases(adminUrl, settings) {
  const names = [...settings.services.map(({ database }) => database), settings.busDatabase];
  if (!process.argv.includes('--yes'))
    throw new Error(
      `This would drop ${names.join(', ')} on ${new URL(adminUrl).host}: repeat it as npm run reset -- --yes if you mean it.`,
    );
  const { withAdmin } = await import('./lib/own-place.mjs');
  await withAdmin(adminUrl, async (client) => {
    for (const name of names)
      await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`);
  });
}

async function deleteQueues() {
  const { provisionBroker } = await import('./lib/provision.mjs');
  const { messagingEnv, removeTopology, Topology } = await import('@reseller/messaging');
  const { z } = await import('zod');
  const broker = await provisionBroker();
  if (broker.kind !== 'rabbitmq') return;
  const { EVENT_NAMESPACE, EVENT_RETRY_DELAYS_MS } = z.object(messagingEnv).parse(process.env);
  await removeTopology(broker.url, new Topology(EVENT_NAMESPACE, EVENT_RETRY_DELAYS_MS));
}
