// npm run check [-- format|types|lint|boundaries|events|openapi …]   what a change must pass beside its tests.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { root, servicesWithDatabase, workspaces } from './lib/repo.mjs';

const node = (script, ...args) => [path.join(root, 'node_modules', ...script.split('/')), ...args];
const code = ['libs', 'services', 'gateway'];
const checks = {
  format: node('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  types: node('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json'),
  lint: node('oxlint/bin/oxlint', '--type-aware', ...code, 'scripts'),
  boundaries: node('dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.mjs', ...code),
  // The golden contracts: whoever changes one says so by `npm run golden:update`.
  events: [path.join(root, 'scripts', 'docs-events.mjs'), '--check', '--golden'],
  openapi: [path.join(root, 'scripts', 'docs-openapi.mjs'), '--check'],
};

function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}

try {
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(checks);
  const unknown = names.find((name) => !(name in checks));
  if (unknown !== undefined)
    throw new Error(`There is no check "${unknown}"; known are ${Object.keys(checks).join(', ')}.`);
  ensureInstalled();
  const { generateClients } = await import('./lib/prisma-clients.mjs');
  await generateClients(servicesWithDatabase());
  const { compileWorkspaces } = await import('./lib/compile.mjs');
  const { problems } = await compileWorkspaces(workspaces());
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const results = await Promise.all(names.map(async (name) => ({ name, ...(await run(checks[name])) })));
  for (const { name, status, output } of results)
    console.log(status === 0 ? `${name}: passed` : `${name}: FAILED\n${output.trim()}\n`);
  process.exitCode = results.every(({ status }) => status === 0) ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
