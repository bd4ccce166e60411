import type { Sql, SqlTx } from '@reseller/persistence';
import type { TokenTimes } from './refresh-token.js';

/** Why a family of refresh tokens ended. */
export type RevocationReason = 'SIGNED_OUT' | 'REUSED' | 'PASSWORD_CHANGED' | 'DEACTIVATED';

/** Two tabs that refresh at once both show the old token; within this time that is no theft. */
const REUSE_GRACE_SECONDS = 10;

export type TokenState = 'live' | 'used-just-now' | 'used' | 'unknown';

/*
 * All times here are the database's own: the processes' clocks may differ by more than the grace time. Tokens are issued
 * at whole seconds, because a JWT's times are, and the same row must give the same token again.
 */
const TIMES = `date_trunc('second', now()), date_trunc('second', now()) + $3::bigint * interval '1 millisecond'`;
const RETURN_TIMES = `returning issued_at as "issuedAt", expires_at as "expiresAt"`;

async function insertToken(tx: SqlTx, sessionId: string, tokenHash: Buffer, lifetimeMs: number): Promise<TokenTimes> {
  const [times] = await tx.query<TokenTimes>(
    `insert into refresh_tokens (token_hash, session_id, issued_at, expires_at) values ($1, $2, ${TIMES}) ${RETURN_TIMES}`,
    [tokenHash, sessionId, lifetimeMs],
  );
  if (times === undefined) throw new Error('an insert without conflict clause returned no row');
  return times;
}

export async function insertSession(
  tx: SqlTx,
  session: { readonly id: string; readonly userId: string },
  token: { readonly hash: Buffer; readonly lifetimeMs: number },
): Promise<TokenTimes> {
  await tx.query(
    `insert into sessions (id, user_id, expires_at) values ($1, $2, now() + $3::bigint * interval '1 millisecond')`,
    [session.id, session.userId, token.lifetimeMs],
  );
  return insertToken(tx, session.id, token.hash, token.lifetimeMs);
}

/** Locks a family that has not been revoked: refreshes of one family follow one another. */
export async function lockLiveSession(tx: SqlTx, sessionId: string, userId: string): Promise<boolean> {
  const rows = await tx.query(
    'select 1 as live from sessions where id = $1 and user_id = $2 and revoked_at is null for update',
    [sessionId, userId],
  );
  return rows.length > 0;
}

export async function tokenState(tx: SqlTx, sessionId: string, tokenHash: Buffer): Promise<TokenState> {
  const [row] = await tx.query<{ used: boolean; recently: boolean | null }>(
    `select used_at is not null as used, used_at > clock_timestamp() - interval '${REUSE_GRACE_SECONDS} seconds' as recently
     from refresh_tokens where token_hash = $1 and session_id = $2`,
    [tokenHash, sessionId],
  );
  if (row === undefined) return 'unknown';
  if (!row.used) return 'live';
  return row.recently === true ? 'used-just-now' : 'used';
}

/** Marks the live token used and makes its successor; the family lives as long as its newest token. */
export async function replaceToken(
  tx: SqlTx,
  sessionId: string,
  usedHash: Buffer,
  successor: { readonly hash: Buffer; readonly lifetimeMs: number },
): Promise<TokenTimes> {
  await tx.query('update refresh_tokens set used_at = clock_timestamp() where token_hash = $1 and used_at is null', [
    usedHash,
  ]);
  await tx.query(
    `update sessions set last_used_at = now(), expires_at = now() + $2::bigint * interval '1 millisecond' where id = $1`,
    [sessionId, successor.lifetimeMs],
  );
  return insertToken(tx, sessionId, successor.hash, successor.lifetimeMs);
}

export async function tokenTimes(tx: SqlTx, tokenHash: Buffer): Promise<TokenTimes | undefined> {
  const rows = await tx.query<TokenTimes>(
    'select issued_at as "issuedAt", expires_at as "expiresAt" from refresh_tokens where token_hash = $1',
    [tokenHash],
  );
  return rows[0];
}

const REVOKE = 'update sessions set revoked_at = now(), revoked_reason = $2 where revoked_at is null and ';

/** @returns how many were live. */
export async function revokeSession(sql: Sql, sessionId: string, reason: RevocationReason): Promise<number> {
  return (await sql.query(`${REVOKE} id = $1 returning id`, [sessionId, reason])).length;
}

/** @param exceptSessionId the sign-in that stays. @returns how many were live. */
export async function revokeSessionsOf(
  sql: Sql,
  userId: string,
  reason: RevocationReason,
  exceptSessionId: string | null = null,
): Promise<number> {
  const rows = await sql.query(`${REVOKE} user_id = $1 and ($3::uuid is null or id <> $3) returning id`, [
    userId,
    reason,
    exceptSessionId,
  ]);
  return rows.length;
}
