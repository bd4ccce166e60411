import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GATEWAY_PORT, SERVICES, type ServiceName } from '@reseller/contracts';
import { createIdentitySigner, createIdentityVerifier } from '@reseller/http';
import { CONFIG_SCHEMAS, root } from './operations-fixture.js';

const folderOf = (name: string): string => (name === 'gateway' ? name : `services/${name}-service`);
const processes = Object.entries(CONFIG_SCHEMAS).map(([name, schema]) => ({ name, schema, folder: folderOf(name) }));
const exampleOf = (folder: string): string => readFileSync(path.join(root, folder, '.env.example'), 'utf8');

describe('.env.example', () => {
  it.each(processes)(
    'of $name has every name that its configuration reads, once, and no other',
    ({ name, schema, folder }) => {
      const named = [...exampleOf(folder).matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm)].map(([, variable]) => variable);
      // Scripts that migrate read it, the service does not.
      const forScripts = name === 'gateway' ? [] : ['DIRECT_DATABASE_URL'];
      expect(named.toSorted()).toEqual([...Object.keys(schema.shape), ...forScripts].toSorted());
    },
  );

  it.each(processes)('of $name leaves empty only what has to be filled in', ({ schema, folder }) => {
    const example = parseEnv(exampleOf(folder));
    const empty = Object.keys(example).filter((name) => example[name] === '');
    const refused = schema.safeParse(example).error?.issues.map(({ path: [name] }) => String(name)) ?? [];
    expect(refused.toSorted()).toEqual(empty.toSorted());
  });

  it.each(processes)('of $name names its port and database', ({ name, folder }) => {
    const example = parseEnv(exampleOf(folder));
    if (name === 'gateway') return expect(example['PORT']).toBe(String(GATEWAY_PORT));
    const { port, database } = SERVICES[name as ServiceName];
    expect([example['PORT'], new URL(String(example['DATABASE_URL'])).pathname]).toEqual([
      String(port),
      `/${database}`,
    ]);
  });
});

describe('scripts/setup-env.sh', () => {
  let clone: string;
  beforeEach(() => {
    clone = mkdtempSync(path.join(tmpdir(), 'setup-env-'));
    const take = (file: string): void => {
      mkdirSync(path.dirname(path.join(clone, file)), { recursive: true });
      cpSync(path.join(root, file), path.join(clone, file));
    };
    for (const name of ['setup-env.sh', 'lib/write-env-files.mjs', 'lib/repo.mjs', 'lib/service-env.mjs'])
      take(`scripts/${name}`);
    take('.env.example');
    for (const { name, folder } of processes) {
      take(`${folder}/.env.example`);
      take(`${folder}/package.json`);
      if (name !== 'gateway') take(`${folder}/prisma/schema.prisma`);
    }
  });
  afterEach(() => rmSync(clone, { recursive: true, force: true }));

  const run = (args: string[] = [], env: Record<string, string> = {}): string =>
    execFileSync('sh', [path.join(clone, 'scripts/setup-env.sh'), ...args], {
      env: { PATH: process.env['PATH'], ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const written = (folder: string): NodeJS.Dict<string> =>
    parseEnv(readFileSync(path.join(clone, folder, '.env'), 'utf8'));

  it('writes environments that every process accepts, with the sandbox or once the Razorpay keys are filled in', () => {
    const said = run();
    expect(said).toMatch(/payment-service\/\.env: written; fill in RAZORPAY_KEY_ID, /);
    run(['--force', '--sandbox']);
    for (const { schema, folder } of processes) expect(schema.safeParse(written(folder)).error?.issues).toBeUndefined();
    expect(written('services/payment-service')['RAZORPAY_API_URL']).toBe('http://localhost:3009');
  });

  it('makes secrets that agree and that nobody else may read', () => {
    run();
    const gateway = written('gateway');
    const sign = createIdentitySigner(String(gateway['IDENTITY_PRIVATE_KEY']));
    const token = sign({ userId: null, roles: [], businessId: null, email: null, sessionId: null });
    for (const { name, folder } of processes.filter((one) => one.name !== 'gateway')) {
      const service = written(folder);
      expect(createIdentityVerifier(String(service['IDENTITY_PUBLIC_KEY']))(token)).toMatchObject({ userId: null });
      expect(service['INTERNAL_SERVICE_SECRET']).toBe(written('services/auth-service')['INTERNAL_SERVICE_SECRET']);
      if (name === 'auth') expect(service['JWT_SECRET']).toBe(gateway['JWT_SECRET']);
      expect(statSync(path.join(clone, folder, '.env')).mode & 0o077).toBe(0);
    }
    expect(written('.')).toMatchObject({
      JWT_SECRET: gateway['JWT_SECRET'],
      IDENTITY_PRIVATE_KEY: gateway['IDENTITY_PRIVATE_KEY'],
    });
  });

  it('leaves what exists alone, and gives what is missing the same secrets', () => {
    run();
    const before = written('services/order-service');
    rmSync(path.join(clone, 'services/order-service/.env'));
    const gateway = readFileSync(path.join(clone, 'gateway/.env'), 'utf8');
    expect(run()).toMatch(/gateway\/\.env: kept as it is/);
    expect(written('services/order-service')).toEqual(before);
    expect(readFileSync(path.join(clone, 'gateway/.env'), 'utf8')).toBe(gateway);
    run(['--force']);
    expect(readFileSync(path.join(clone, 'gateway/.env'), 'utf8')).not.toBe(gateway);
  });

  it('refuses to invent a second key pair beside one that services already trust', () => {
    run();
    rmSync(path.join(clone, 'gateway/.env'));
    rmSync(path.join(clone, '.env'));
    expect(() => run()).toThrow(/no file has the private one/);
    expect(existsSync(path.join(clone, 'gateway/.env'))).toBe(false);
  });

  it('takes the addresses of database and broker from the environment', () => {
    run([], { DATABASE_ADMIN_URL: 'postgresql://me@db.example:5433/postgres', RABBITMQ_URL: 'amqp://mq.example' });
    expect(written('services/share-link-service')).toMatchObject({
      DATABASE_URL: 'postgresql://me@db.example:5433/share_link_db',
      RABBITMQ_URL: 'amqp://mq.example',
    });
  });
});
