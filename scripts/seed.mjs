// npm run seed   fills a platform that runs on this machine with its small catalogue and its people. Safe to repeat.
import { ensureInstalled } from './lib/install.mjs';

try {
  ensureInstalled();
  const { findDatabases } = await import('./lib/find-databases.mjs');
  const { loadMemory, readSettings } = await import('./lib/platform-settings.mjs');
  const { seed } = await import('./lib/seed.mjs');
  const settings = readSettings();
  const healthy = await fetch(`${settings.gatewayUrl}/health`).then(
    (response) => response.ok,
    () => false,
  );
  if (!healthy)
    throw new Error(`No platform answers at ${settings.gatewayUrl}: run npm start in another terminal first.`);
  const databases = await findDatabases();
  if (databases.adminUrl === undefined)
    throw new Error(
      'This platform was set up with .env files: the people of the catalogue have a known password, so it is not seeded. npm run create-admin makes an administrator.',
    );
  const { memory, save } = loadMemory(settings.dataDir);
  delete memory.seeded;
  await seed({
    settings,
    postgres: { kind: databases.kind, url: databases.adminUrl },
    services: settings.services,
    memory,
    save,
  });
  console.log('The catalogue and the people are there.');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
