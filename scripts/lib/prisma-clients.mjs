// Makes the Prisma client of each service, when its schema changed since the last time.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './repo.mjs';

const cli = path.join(root, 'node_modules', 'prisma', 'build', 'index.js');
const atOnce = 2;

/**
 * @param {{ dir: string }[]} services
 * @returns {Promise<{ generated: string[], unchanged: number }>}
 * @throws {Error} with Prisma's own message, naming the service
 */
export async function generateClients(services) {
  const stale = services.filter((service) => readStamp(service) !== stampOf(service));
  const queue = [...stale];
  const worker = async () => {
    for (let service = queue.shift(); service !== undefined; service = queue.shift()) await generate(service);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { generated: stale.map((service) => service.dir), unchanged: services.length - stale.length };
}

async function generate(service) {
  // Taken before Prisma reads the schema: an edit meanwhile must look stale afterwards.
  const stamp = stampOf(service);
  const { code, output } = await run(
    [cli, 'generate', '--schema', path.join('prisma', 'schema.prisma'), '--no-hints'],
    path.join(root, service.dir),
  );
  if (code !== 0 || !existsSync(path.dirname(stampFile(service))))
    throw new Error(`The Prisma client of ${service.dir} could not be generated:\n${output.trim()}`);
  writeFileSync(stampFile(service), stamp);
}

function run(args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        // Generating a client needs no schema engine, but the CLI downloads one unless it is told where it lies.
        // Any program that exists will do; this Node is one on every system.
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
        NO_COLOR: '1',
      },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

const stampFile = (service) => path.join(root, service.dir, 'src', 'generated', 'prisma', '.schema-hash');

function readStamp(service) {
  return existsSync(stampFile(service)) ? readFileSync(stampFile(service), 'utf8') : undefined;
}

function stampOf(service) {
  const { version } = JSON.parse(readFileSync(path.join(root, 'node_modules', 'prisma', 'package.json'), 'utf8'));
  const schema = readFileSync(path.join(root, service.dir, 'prisma', 'schema.prisma'));
  return createHash('sha256').update(version).update(schema).digest('hex');
}
