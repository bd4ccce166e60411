// npm run dev [-- service…]   the platform as npm start runs it, watching: a change is compiled and what it touches starts
// again. `npm run dev:core` runs gateway, auth, product, pricing, order and payment. With names, those services alone.
import { watch } from 'node:fs';
import path from 'node:path';
import { inBatches } from './lib/in-batches.mjs';
import { checkNode, ensureInstalled } from './lib/install.mjs';
import { root, workspaces } from './lib/repo.mjs';
import { onStopRequest } from './lib/stop-requests.mjs';

const settleMs = 150;

try {
  checkNode();
  ensureInstalled();
  const { buildAll, startPlatform, undoAll } = await import('./lib/platform.mjs');
  const { coreServices, readSettings } = await import('./lib/platform-settings.mjs');
  const { seed } = await import('./lib/seed.mjs');
  const { screenOf } = await import('./lib/screen.mjs');
  const log = (line) => console.log(`  ${line}`);
  await buildAll();
  const undo = [];
  let stopping;
  onStopRequest(() => (stopping ??= undoAll(undo, log).then(() => process.exit(0))));
  const only = chosen(process.argv.slice(2), coreServices, readSettings);
  const platform = await startPlatform({ log, only, undo });
  if (platform.services.length === platform.settings.services.length) await seed(platform);
  console.log(screenOf(platform));
  watchSources(platform, log);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

/** undefined: everything. */
function chosen(words, coreServices, readSettings) {
  const { services } = readSettings();
  const names = words
    .filter((word) => word !== '--core' && word !== 'gateway')
    .map((word) => word.replace(/-service$/, ''));
  const unknown = names.filter((name) => !services.some((service) => service.name === name));
  if (unknown.length > 0) throw new Error(`There is no service ${unknown.join(', ')}.`);
  if (words.includes('--core')) return new Set(coreServices(services).map(({ name }) => name));
  return names.length === 0 ? undefined : new Set(names);
}

/** Compiles what changed and starts again what is made of it: a service its own code, everything a library. */
function watchSources(platform, log) {
  const add = inBatches(
    (dirs) => rebuild(platform, dirs, log).catch((error) => log(`Not started again: ${error.message}`)),
    settleMs,
  );
  for (const { dir } of workspaces())
    watch(path.join(root, dir, 'src'), { recursive: true }, (_event, file) => {
      if (file === null || !file.endsWith('.ts') || file.endsWith('.spec.ts') || file.startsWith('generated')) return;
      add(dir);
    });
  log('Watching for changes.');
}

async function rebuild(platform, dirs, log) {
  const { compileWorkspaces } = await import('./lib/compile.mjs');
  const { selectWorkspaces } = await import('./lib/repo.mjs');
  const { problems } = await compileWorkspaces(selectWorkspaces(dirs));
  if (problems.length > 0) return log(problems.join('\n'));
  const library = dirs.some((dir) => dir.startsWith('libs/'));
  const affected = platform.processes.filter((process_) => library || dirs.includes(process_.dir));
  log(`${dirs.join(', ')} changed: starting ${affected.map(({ name }) => name).join(', ')} again.`);
  await Promise.all(affected.map((process_) => process_.restart()));
}
