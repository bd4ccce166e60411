import type { Identity } from '@reseller/http';
import type { Sql } from '@reseller/persistence';
import { forbidden } from '@reseller/runtime';
import type { Account } from '../accounts/account.js';
import { findActiveAdmin } from '../accounts/active-admin.js';

/** @throws 403 unless the account, as it stands in the database, is an administrator above all businesses. */
export async function findPlatformAdmin(sql: Sql, caller: Identity): Promise<Account> {
  const admin = await findActiveAdmin(sql, caller);
  if (admin.businessId === null) return admin;
  throw forbidden('FORBIDDEN', 'This is for administrators of the whole platform.');
}
