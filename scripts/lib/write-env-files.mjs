// What scripts/setup-env.sh does. Node built-ins only: it runs before the dependencies are installed.
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs, parseEnv } from 'node:util';
import { root, workspaces } from './repo.mjs';
import { databaseName, urlOfDatabase } from './service-env.mjs';

const SHARED = ['JWT_SECRET', 'IDENTITY_PRIVATE_KEY', 'IDENTITY_PUBLIC_KEY', 'INTERNAL_SERVICE_SECRET'];
const RAZORPAY = ['RAZORPAY_KEY_ID', 'RAZORPAY_KEY_SECRET', 'RAZORPAY_WEBHOOK_SECRET'];
/** For docker compose alone: its servers' passwords. */
const CONTAINERS = ['POSTGRES_PASSWORD', 'RABBITMQ_PASSWORD'];
const SANDBOX_URL = 'http://localhost:3009';
const SANDBOX_IN_CONTAINERS = 'http://razorpay-sandbox:3009';

const secret = () => randomBytes(32).toString('hex');

function writeAll({ force, sandbox }) {
  const owners = workspaces().filter(({ dir }) => existsSync(path.join(root, dir, '.env.example')));
  const examples = [...owners.map((owner) => ({ dir: owner.dir, owner })), { dir: '.', owner: undefined }];
  const kept = force ? [] : examples.map(({ dir }) => path.join(root, dir, '.env')).filter((file) => existsSync(file));
  const secrets = secretsThatAgree(kept, { sandbox });
  let empty = false;
  for (const { dir, owner } of examples) {
    const file = path.join(root, dir, '.env');
    const shown = path.relative(root, file);
    if (kept.includes(file)) {
      console.log(`${shown}: kept as it is`);
      continue;
    }
    const example = readFileSync(`${file}.example`, 'utf8');
    const values = { ...secrets, ...(owner === undefined ? {} : addresses(owner)) };
    if (sandbox) values.RAZORPAY_API_URL = dir === '.' ? SANDBOX_IN_CONTAINERS : SANDBOX_URL;
    const content = filledIn(example, values);
    // Only its owner may read secrets.
    writeFileSync(file, content, { mode: 0o600 });
    const missing = Object.entries(parseEnv(content)).flatMap(([name, value]) => (value === '' ? [name] : []));
    empty ||= missing.length > 0;
    console.log(`${shown}: written${missing.length === 0 ? '' : `; fill in ${missing.join(', ')}`}`);
  }
  if (empty) console.log('Or run it with --force --sandbox to use the Razorpay sandbox of this repository.');
}

/** Secrets of the files that stay, completed with new ones. @throws {Error} one sentence when they cannot agree */
function secretsThatAgree(keptFiles, { sandbox }) {
  const found = {};
  for (const file of keptFiles) {
    const values = parseEnv(readFileSync(file, 'utf8'));
    for (const name of [...SHARED, ...RAZORPAY, ...CONTAINERS]) {
      if (!values[name]) continue;
      if (found[name] !== undefined && found[name] !== values[name])
        throw new Error(
          `${path.relative(root, file)} has another ${name} than the files before it: make them agree, or use --force.`,
        );
      found[name] = values[name];
    }
  }
  if (found.IDENTITY_PUBLIC_KEY !== undefined && found.IDENTITY_PRIVATE_KEY === undefined)
    throw new Error(
      'A service has the gateway’s public key, but no file has the private one: use --force to make a new pair.',
    );
  found.IDENTITY_PRIVATE_KEY ??= newPrivateKey();
  found.IDENTITY_PUBLIC_KEY ??= publicKeyOf(found.IDENTITY_PRIVATE_KEY);
  for (const name of ['JWT_SECRET', 'INTERNAL_SERVICE_SECRET', ...CONTAINERS]) found[name] ??= secret();
  if (sandbox) {
    found.RAZORPAY_KEY_ID ??= `rzp_test_${randomBytes(7).toString('hex')}`;
    found.RAZORPAY_KEY_SECRET ??= secret();
    found.RAZORPAY_WEBHOOK_SECRET ??= secret();
  }
  return found;
}

const newPrivateKey = () =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');

function publicKeyOf(privateKey) {
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' });
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');
}

/** Where this machine's environment says that the database and the broker are. */
function addresses(owner) {
  const { DATABASE_ADMIN_URL, RABBITMQ_URL } = process.env;
  return {
    ...(DATABASE_ADMIN_URL && owner.hasPrisma
      ? { DATABASE_URL: urlOfDatabase(DATABASE_ADMIN_URL, databaseName(owner)) }
      : {}),
    ...(RABBITMQ_URL ? { RABBITMQ_URL } : {}),
  };
}

/** The example with these values; names that it does not mention are not added, and one that is commented out is set. */
function filledIn(example, values) {
  return example.replaceAll(/^(?:# )?([A-Z][A-Z0-9_]*)=.*$/gm, (line, name) =>
    values[name] === undefined ? line : `${name}=${values[name]}`,
  );
}

try {
  const { values: options } = parseArgs({
    options: { force: { type: 'boolean', default: false }, sandbox: { type: 'boolean', default: false } },
  });
  writeAll(options);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
