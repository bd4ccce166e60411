import { randomBytes } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { appendToOutbox } from '@reseller/messaging';
import type { SqlTx } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { openAuthDatabase } from '../auth-database.js';
import { newPassword } from '../passwords/password.schema.js';
import { PASSWORD_COST, passwordBytes } from '../passwords/password-hasher.js';
import { revokeSessionsOf } from '../sessions/session.repository.js';
import { userRegistered, userUpdated, withChanges, type Account } from './account.js';
import {
  findAccountWithPassword,
  insertAccount,
  lockAccount,
  saveAccount,
  savePasswordHash,
} from './account.repository.js';
import { accountEmail } from './email-address.js';

export interface CreateAdminOptions {
  /** Of auth's own database: whoever can write there can make an administrator anyway. */
  readonly databaseUrl: string;
  readonly email: string;
  /** Sets the password also of an account that exists; without it a new account gets one made up. */
  readonly password?: string;
  readonly firstName?: string;
  readonly lastName?: string;
}

export interface CreatedAdmin {
  readonly id: string;
  readonly email: string;
  /** False when the account existed and was promoted, or was an administrator already. */
  readonly isNew: boolean;
  /** The password that was made up: nobody can ask for it again. */
  readonly generatedPassword?: string;
}

/**
 * Makes the first administrator, who no administrator could make: opens the account or promotes the one that has this
 * email. Running it again changes nothing. Works beside running services; their relay publishes the event.
 *
 * @throws {Error} when the email or password does not fit the rules.
 */
export async function createAdmin(options: CreateAdminOptions): Promise<CreatedAdmin> {
  const email = accountEmail().parse(options.email);
  const password = newPassword().optional().parse(options.password);
  const database = openAuthDatabase({ url: options.databaseUrl, poolSize: 1, service: 'create-admin' });
  try {
    return await database.sqlTransaction(async (tx) => {
      const existing = await findAccountWithPassword(tx, { email });
      return existing === undefined ? open(tx, { ...options, email }, password) : promote(tx, existing.id, password);
    });
  } finally {
    await database.close();
  }
}

const hashOf = (password: string): Promise<string> => hash(passwordBytes(password), PASSWORD_COST);

async function open(tx: SqlTx, options: CreateAdminOptions, password: string | undefined): Promise<CreatedAdmin> {
  const chosen = password ?? randomBytes(12).toString('base64url');
  const account = newAdmin(options, new Date());
  if (!(await insertAccount(tx, account, await hashOf(chosen)))) {
    throw new Error('Somebody opened an account with this email at this very moment. Run it again.');
  }
  await appendToOutbox(tx, [userRegistered(account, null)]);
  const created = { id: account.id, email: account.email, isNew: true };
  return password === undefined ? { ...created, generatedPassword: chosen } : created;
}

/** Whoever can write to the database vouches for the address. */
const newAdmin = (options: CreateAdminOptions, now: Date): Account => ({
  id: newId(),
  email: options.email,
  firstName: options.firstName ?? null,
  lastName: options.lastName ?? null,
  phone: null,
  roles: ['ADMIN'],
  isActive: true,
  businessId: null,
  emailVerifiedAt: now,
  version: 1n,
  createdAt: now,
  updatedAt: now,
});

async function promote(tx: SqlTx, userId: string, password: string | undefined): Promise<CreatedAdmin> {
  const before = await lockAccount(tx, userId);
  if (before === undefined) throw new Error('The account was removed at this very moment. Run it again.');
  const roles = before.roles.includes('ADMIN') ? before.roles : [...before.roles, 'ADMIN' as const];
  const after = withChanges(before, { roles, isActive: true, businessId: null }, new Date());
  if (after !== before) {
    await saveAccount(tx, after);
    await appendToOutbox(tx, [userUpdated(after, userId)]);
  }
  if (password !== undefined) {
    await savePasswordHash(tx, userId, await hashOf(password));
    await revokeSessionsOf(tx, userId, 'PASSWORD_CHANGED');
  }
  return { id: before.id, email: before.email, isNew: false };
}
