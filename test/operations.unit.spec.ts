// No container engine and no process manager is needed to see that what these files name exists and fits the code.
import { readFileSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { compileFunction } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { GATEWAY_PORT, SERVICE_NAMES, SERVICES } from '@reseller/contracts';
import { CONFIG_SCHEMAS, filled, root } from './operations-fixture.js';

const require = createRequire(import.meta.url);
const text = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const inRoot = (file: string): boolean => existsSync(path.join(root, file));

interface Container {
  image?: string;
  build?: { context: string; target: string };
  command?: string[];
  profiles?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
}

/** YAML's merge keys, which the parser leaves as they are. */
function merged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(merged);
  if (typeof value !== 'object' || value === null) return value;
  const { '<<': base, ...own } = value as Record<string, unknown>;
  const ownMerged = Object.fromEntries(Object.entries(own).map(([key, item]) => [key, merged(item)]));
  return { ...(merged(base) as object | undefined), ...ownMerged };
}

const composeText = text('docker-compose.yml');
const yaml = require('js-yaml') as { load(source: string): unknown };
const compose = merged(yaml.load(composeText)) as {
  services: Record<string, Container>;
  volumes: Record<string, unknown>;
};
const dockerfile = text('Dockerfile');
const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
const processes = Object.entries(CONFIG_SCHEMAS).map(([name, schema]) => ({ name, schema }));
const containerOf = (name: string): Container => {
  const container = compose.services[name === 'gateway' ? name : `${name}-service`];
  if (container === undefined) throw new Error(`no container for ${name}`);
  return container;
};

describe('package.json', () => {
  it.each(Object.entries(scripts))('%s runs files that exist', (_, command) => {
    for (const [, file] of command.matchAll(/\bnode (\S+\.mjs)/g))
      expect([file, inRoot(String(file))]).toEqual([file, true]);
    for (const [, name] of command.matchAll(/\bnpm run (\S+)/g)) expect(Object.keys(scripts)).toContain(name);
  });

  it('has the commands that the platform promises', () => {
    const promised =
      'start test dev dev:core seed reset check demo build install:all prisma:generate prisma:migrate start:prod stop:prod logs:prod monit:prod health:check test:all verify:invariants events create-admin bench storm docs:events docs:openapi golden:update';
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(promised.split(' ')));
  });
});

describe('ecosystem.config.js', () => {
  interface App {
    name: string;
    cwd: string;
    script: string;
    instances: number | 'max';
    exec_mode: string;
    kill_timeout: number;
    listen_timeout: number;
    env: Record<string, string>;
  }
  const load = (env: Record<string, string> = {}): App[] => {
    const file = path.join(root, 'ecosystem.config.js');
    const before = { ...process.env };
    Object.assign(process.env, { RAZORPAY_API_URL: 'https://api.razorpay.com' }, env);
    try {
      const source = readFileSync(file, 'utf8');
      const module = { exports: {} as { apps: App[] } };
      // PM2 loads it as CommonJS; Jest's own require would remember it between tests.
      const load = compileFunction(source, ['require', 'module', '__dirname', 'process']) as (
        ...given: unknown[]
      ) => void;
      load(require, module, root, process);
      return module.exports.apps;
    } finally {
      process.env = before;
    }
  };

  it('runs the gateway and every service, each from the folder of its .env', () => {
    const apps = load();
    expect(apps.map(({ name }) => name)).toEqual(['gateway', ...SERVICE_NAMES.map((name) => `${name}-service`)]);
    for (const { cwd, script } of apps) {
      expect(script).toBe('dist/main.js');
      expect(existsSync(path.join(cwd, 'src/main.ts'))).toBe(true);
      expect(existsSync(path.join(cwd, '.env.example'))).toBe(true);
    }
  });

  it('waits longer for a process to stop than the process takes at most', () => {
    const deadlineMs = Number(
      /SHUTDOWN_DEADLINE_MS = ([\d_]+)/.exec(text('libs/http/src/start-service.ts'))?.[1]?.replaceAll('_', ''),
    );
    for (const { kill_timeout } of load()) expect(kill_timeout).toBeGreaterThan(deadlineMs);
  });

  it('gives a new process longer to start than it takes: PM2 stops the old one at that time, ready or not', () => {
    for (const { listen_timeout } of load()) expect(listen_timeout).toBeGreaterThanOrEqual(30_000);
  });

  it('takes the number of instances from the environment', () => {
    const apps = load({ PM2_GATEWAY_INSTANCES: '3', PM2_SHARE_LINK_INSTANCES: 'max' });
    const instances = Object.fromEntries(apps.map((app) => [app.name, app.instances]));
    expect(instances).toMatchObject({ gateway: 3, 'share-link-service': 'max', 'order-service': 1 });
  });

  it('runs the sandbox only where payment is told to use one on this machine', () => {
    const sandbox = load({ RAZORPAY_API_URL: 'http://localhost:3109' }).at(-1);
    expect(sandbox).toMatchObject({ name: 'razorpay-sandbox', env: { RAZORPAY_SANDBOX_PORT: '3109' } });
    expect(existsSync(path.join(sandbox?.cwd ?? '', 'src/main.ts'))).toBe(true);
  });
});

describe('Dockerfile', () => {
  it('runs npm scripts that exist', () => {
    const used = [...dockerfile.matchAll(/npm run (\S+)/g)].map(([, name]) => name);
    expect(used.length).toBeGreaterThan(0);
    for (const name of used) expect(Object.keys(scripts)).toContain(name);
  });

  it('copies from stages that it has, and runs as nobody special', () => {
    const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)/gm)].map(([, name]) => name);
    for (const [, from] of dockerfile.matchAll(/COPY --from=(\S+)/g)) expect(stages).toContain(from);
    expect(dockerfile.lastIndexOf('USER node')).toBeGreaterThan(dockerfile.lastIndexOf('FROM '));
  });

  it('copies no secret and no machine-made file into the image', () => {
    const ignored = text('.dockerignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['**/.env', '**/node_modules', '**/dist', '**/generated', '.git']));
  });
});

describe('docker-compose.yml', () => {
  const example = parseEnv(text('.env.example').replaceAll(/^# ([A-Z_]+=)/gm, '$1'));

  it('has a container for each process', () => {
    expect(Object.keys(compose.services).toSorted()).toEqual(
      [
        ...processes.map(({ name }) => (name === 'gateway' ? name : `${name}-service`)),
        'migrate',
        'postgres',
        'rabbitmq',
        'razorpay-sandbox',
        'redis',
      ].toSorted(),
    );
  });

  it('reads only variables that .env.example explains', () => {
    for (const [, name] of composeText.matchAll(/\$\{([A-Z_]+)/g)) expect(Object.keys(example)).toContain(name);
  });

  it.each(processes)(
    'gives $name an environment that its configuration accepts, and nothing else',
    ({ name, schema }) => {
      const { environment = {} } = containerOf(name);
      const { SERVICE: folder, ...env } = environment;
      expect(inRoot(path.join(String(folder), 'src/main.ts'))).toBe(true);
      const allowed = Object.keys(schema.shape);
      for (const variable of Object.keys(env)) expect(allowed).toContain(variable);
      expect(schema.safeParse(filled(env)).error?.issues).toBeUndefined();
    },
  );

  it.each(SERVICE_NAMES)('%s listens where the others look for it, on its own database', (name) => {
    const { environment = {} } = containerOf(name);
    const { port, database } = SERVICES[name];
    expect(environment['PORT']).toBe(String(port));
    expect(environment['DATABASE_URL']).toMatch(new RegExp(`@postgres:5432/${database}$`));
    const variable = `${name.toUpperCase().replaceAll('-', '_')}_SERVICE_URL`;
    for (const { environment: other = {} } of processes.map((one) => containerOf(one.name)))
      expect([undefined, `http://${name}-service:${port}`]).toContain(other[variable]);
    expect(containerOf('gateway').environment).toHaveProperty(variable);
    if (variable in CONFIG_SCHEMAS.order.shape) expect(containerOf('order').environment).toHaveProperty(variable);
  });

  it('opens the gateway, and to this machine only', () => {
    expect(containerOf('gateway').ports).toEqual([`127.0.0.1:${GATEWAY_PORT}:${GATEWAY_PORT}`]);
    for (const { ports = [] } of Object.values(compose.services))
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('waits for what it can wait for', () => {
    for (const { depends_on: needs = {} } of Object.values(compose.services))
      for (const [name, { condition }] of Object.entries(needs)) {
        const needed = compose.services[name];
        if (condition === 'service_healthy') expect(needed?.healthcheck).toBeDefined();
        else expect([condition, needed?.command !== undefined]).toEqual(['service_completed_successfully', true]);
      }
    for (const name of SERVICE_NAMES) expect(containerOf(name).depends_on).toHaveProperty('migrate');
  });

  it('builds stages that exist, runs scripts that exist, and mounts volumes that it declares', () => {
    for (const { build, command = [], volumes = [] } of Object.values(compose.services)) {
      if (build !== undefined) expect(dockerfile).toContain(` AS ${build.target}\n`);
      for (const part of command) if (part.endsWith('.mjs')) expect(inRoot(part)).toBe(true);
      for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    }
  });

  it('starts the sandbox by its profile, with the names that the sandbox reads', () => {
    const { environment = {}, profiles } = compose.services['razorpay-sandbox'] ?? {};
    expect(profiles).toEqual(['sandbox']);
    const { SERVICE: folder, PORT: port, ...env } = environment;
    expect(inRoot(path.join(String(folder), 'src/main.ts'))).toBe(true);
    expect(env['RAZORPAY_SANDBOX_PORT']).toBe(port);
    const source = text('libs/razorpay-sandbox/src/config.ts');
    for (const name of Object.keys(env)) expect(source).toContain(`'${name}'`);
  });
});
