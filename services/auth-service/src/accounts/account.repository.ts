import { DEFAULT_BUSINESS_ID } from '@reseller/contracts';
import type { Sql, SqlTx } from '@reseller/persistence';
import type { Account } from './account.js';

export interface AccountWithPassword extends Account {
  readonly passwordHash: string;
}

const COLUMNS = `id, email, first_name as "firstName", last_name as "lastName", phone, roles, is_active as "isActive",
  business_id as "businessId", email_verified_at as "emailVerifiedAt", version, created_at as "createdAt",
  updated_at as "updatedAt"`;

const BY_ID = `select ${COLUMNS} from users where id = $1`;
const BY_ID_LOCKED = `${BY_ID} for no key update`;
const MANY_LOCKED = `select ${COLUMNS} from users where id = any($1::uuid[]) order by id for no key update`;
const WITH_PASSWORD = `select ${COLUMNS}, password_hash as "passwordHash" from users where `;

export async function findAccount(sql: Sql, id: string): Promise<Account | undefined> {
  return (await sql.query<Account>(BY_ID, [id]))[0];
}

// The same rule as `isVisibleTo`: customers and resellers who name no business belong to the default one.
const COUNT_OF_BUSINESS = `select count(*)::int as count from users
  where business_id = $1::uuid or ($1::uuid = $2::uuid and business_id is null and not ('ADMIN' = any(roles)))`;

/** @param businessId null: of all businesses. */
export async function countAccounts(sql: Sql, businessId: string | null): Promise<number> {
  const [row] =
    businessId === null
      ? await sql.query<{ count: number }>('select count(*)::int as count from users')
      : await sql.query<{ count: number }>(COUNT_OF_BUSINESS, [businessId, DEFAULT_BUSINESS_ID]);
  return row?.count ?? 0;
}

/** Holds the row until the end of the transaction, so that changes follow one another and versions have no gaps. */
export async function lockAccount(tx: SqlTx, id: string): Promise<Account | undefined> {
  return (await tx.query<Account>(BY_ID_LOCKED, [id]))[0];
}

/** Locks in the order of ids: two callers who lock the same two accounts cannot wait for each other. */
export async function lockAccounts(tx: SqlTx, ids: readonly string[]): Promise<Map<string, Account>> {
  const rows = await tx.query<Account>(MANY_LOCKED, [[...new Set(ids)]]);
  return new Map(rows.map((account) => [account.id, account]));
}

export async function findAccountWithPassword(sql: Sql, by: { readonly email: string } | { readonly id: string }) {
  const [text, value] = 'email' in by ? ['email = $1', by.email] : ['id = $1', by.id];
  return (await sql.query<AccountWithPassword>(WITH_PASSWORD + text, [value]))[0];
}

export async function isEmailTaken(sql: Sql, email: string): Promise<boolean> {
  return (await sql.query('select 1 as taken from users where email = $1', [email])).length > 0;
}

/** @returns false when the email is somebody's already; the unique index decides, also among simultaneous callers. */
export async function insertAccount(tx: SqlTx, account: Account, passwordHash: string): Promise<boolean> {
  const inserted = await tx.query(
    `insert into users (id, email, password_hash, first_name, last_name, phone, roles, is_active, business_id,
       email_verified_at, version, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (email) do nothing returning id`,
    [
      account.id,
      account.email,
      passwordHash,
      account.firstName,
      account.lastName,
      account.phone,
      account.roles,
      account.isActive,
      account.businessId,
      account.emailVerifiedAt,
      account.version,
      account.createdAt,
      account.updatedAt,
    ],
  );
  return inserted.length > 0;
}

/** Writes an account that the transaction has locked. */
export async function saveAccount(tx: SqlTx, account: Account): Promise<void> {
  await tx.query(
    `update users set first_name = $2, last_name = $3, phone = $4, roles = $5, is_active = $6, business_id = $7,
       email_verified_at = $8, version = $9, updated_at = $10 where id = $1`,
    [
      account.id,
      account.firstName,
      account.lastName,
      account.phone,
      account.roles,
      account.isActive,
      account.businessId,
      account.emailVerifiedAt,
      account.version,
      account.updatedAt,
    ],
  );
}

/**
 * @param checkedHash the hash that the caller has checked the old password against.
 * @returns false when it is no longer the stored one: somebody changed the password meanwhile.
 */
export async function savePasswordHash(
  tx: SqlTx,
  userId: string,
  hash: string,
  checkedHash?: string,
): Promise<boolean> {
  const updated = await tx.query(
    `update users set password_hash = $2, updated_at = now()
     where id = $1 and ($3::text is null or password_hash = $3) returning id`,
    [userId, hash, checkedHash ?? null],
  );
  return updated.length > 0;
}

/**
 * Keeps the account from changing until the transaction ends.
 *
 * @param checkedHash the hash that the caller has checked the password against.
 * @returns false when it is no longer the stored one, or the account was disabled: then the check says nothing any more.
 */
export async function holdCheckedPassword(tx: SqlTx, userId: string, checkedHash: string): Promise<boolean> {
  const text = 'select 1 as held from users where id = $1 and password_hash = $2 and is_active for share';
  return (await tx.query(text, [userId, checkedHash])).length > 0;
}
