// npm run create-admin -- --email … [--password …] [--first-name …] [--last-name …]
// Makes the first administrator, whom no administrator could make, or promotes the account with this email. It writes to
// auth's own database: DATABASE_URL, or what services/auth-service/.env says. Without --password a new account gets one
// made up here and printed once.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { root, servicesWithDatabase } from './lib/repo.mjs';
import { migrationUrl } from './lib/service-env.mjs';

/** @returns auth's `createAdmin({ databaseUrl, email, password?, firstName?, lastName? })` */
export async function loadCreateAdmin() {
  const built = path.join(root, 'services', 'auth-service', 'dist', 'accounts', 'create-admin.js');
  if (!existsSync(built)) throw new Error('The auth service is not built yet: run npm run build first.');
  const { createAdmin } = await import(pathToFileURL(built).href);
  return createAdmin;
}

async function run() {
  const { values } = parseArgs({
    options: {
      email: { type: 'string' },
      password: { type: 'string' },
      'first-name': { type: 'string' },
      'last-name': { type: 'string' },
    },
  });
  if (values.email === undefined)
    throw new Error('Usage: npm run create-admin -- --email admin@example.com [--password …]');
  const [auth] = servicesWithDatabase(['auth']);
  const databaseUrl = migrationUrl(auth, { alone: true });
  if (databaseUrl === undefined)
    throw new Error("Name auth's database: set DATABASE_URL, or run scripts/setup-env.sh first.");

  const createAdmin = await loadCreateAdmin();
  const { email, isNew, generatedPassword } = await createAdmin({
    databaseUrl,
    email: values.email,
    password: values.password,
    firstName: values['first-name'],
    lastName: values['last-name'],
  });
  console.log(isNew ? `${email} is an administrator now.` : `${email} had an account and is an administrator now.`);
  if (generatedPassword !== undefined) console.log(`The password is ${generatedPassword}: change it after signing in.`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await run();
  } catch (error) {
    console.error(
      error.issues?.map(({ path: at, message }) => `${at.join('.')} ${message}`.trim()).join('\n') ?? error.message,
    );
    process.exitCode = 1;
  }
}
