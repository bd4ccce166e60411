import type { Identity } from '@reseller/http';
import type { Sql } from '@reseller/persistence';
import { forbidden } from '@reseller/runtime';
import { isAdmin, type Account } from './account.js';
import { findAccount } from './account.repository.js';

const noLongerAdmin = () => forbidden('FORBIDDEN', 'This account is no longer an administrator.');

/** @throws 403 unless the account, as it stands in the database, may act as an administrator. */
export function requireActiveAdmin(account: Account | undefined): Account {
  if (account === undefined || !account.isActive || !isAdmin(account)) throw noLongerAdmin();
  return account;
}

/** A token may outlive a dismissal by its 15 minutes: what makes or unmakes administrators asks the database. */
export async function findActiveAdmin(sql: Sql, caller: Identity): Promise<Account> {
  return requireActiveAdmin(caller.userId === null ? undefined : await findAccount(sql, caller.userId));
}
