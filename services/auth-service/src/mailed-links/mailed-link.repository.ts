import { createHash } from 'node:crypto';
import type { Sql, SqlTx } from '@reseller/persistence';
import { newId } from '@reseller/runtime';

/*
 * A link that is mailed: it is asked for (a row; its id is the reference that travels in an event), redeemed once by
 * notification (only then is the token made, and its hash kept), and used once by whoever got the mail. So neither the
 * event, the broker, a dead letter nor a copy of the database holds anything that opens an account.
 */
export type LinkPurpose = 'PASSWORD_RESET' | 'EMAIL_VERIFICATION';

const LIFETIME_MINUTES = { PASSWORD_RESET: 30, EMAIL_VERIFICATION: 48 * 60 } as const satisfies Record<
  LinkPurpose,
  number
>;

/** Somebody who asks again and again fills another person's mailbox. */
const REQUESTS_MAX = 3;
const REQUESTS_WINDOW_MINUTES = 15;

export interface MailedLink {
  readonly id: string;
  readonly expiresAt: Date;
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

const INSERT = `insert into mailed_links (id, purpose, user_id, expires_at)
  values ($1, $2, $3, now() + $4::int * interval '1 minute') returning id, expires_at as "expiresAt"`;

export async function insertMailedLink(
  tx: SqlTx,
  link: { readonly purpose: LinkPurpose; readonly userId: string },
): Promise<MailedLink> {
  const params = [newId(), link.purpose, link.userId, LIFETIME_MINUTES[link.purpose]];
  const [row] = await tx.query<MailedLink>(INSERT, params);
  if (row === undefined) throw new Error('an insert without conflict clause returned no row');
  return row;
}

/** The caller holds the account's row, so that simultaneous requests are counted one after the other. */
export async function mayRequestLink(tx: SqlTx, userId: string, purpose: LinkPurpose): Promise<boolean> {
  const [row] = await tx.query<{ requests: number }>(
    `select count(*)::int as requests from mailed_links
     where user_id = $1 and purpose = $2 and created_at > now() - interval '${REQUESTS_WINDOW_MINUTES} minutes'`,
    [userId, purpose],
  );
  return (row?.requests ?? 0) < REQUESTS_MAX;
}

/** Ties the token to its reference, once. @returns undefined for a reference that was redeemed before or has expired. */
export async function redeemReference(
  sql: Sql,
  redemption: { readonly reference: string; readonly purpose: LinkPurpose; readonly token: string },
): Promise<{ userId: string } | undefined> {
  const rows = await sql.query<{ userId: string }>(
    `update mailed_links set token_hash = $3, redeemed_at = now()
     where id = $1 and purpose = $2 and redeemed_at is null and used_at is null and expires_at > now()
     returning user_id as "userId"`,
    [redemption.reference, redemption.purpose, hashOf(redemption.token)],
  );
  return rows[0];
}

export async function isReferenceKnown(sql: Sql, reference: string, purpose: LinkPurpose): Promise<boolean> {
  return (
    (await sql.query('select 1 as known from mailed_links where id = $1 and purpose = $2', [reference, purpose]))
      .length > 0
  );
}

export type TokenState = { readonly userId: string; readonly state: 'live' | 'used' | 'expired' };

export async function findMailedToken(sql: Sql, purpose: LinkPurpose, token: string): Promise<TokenState | undefined> {
  const rows = await sql.query<TokenState>(
    `select user_id as "userId", case when used_at is not null then 'used' when expires_at <= now() then 'expired' else 'live' end
       as state from mailed_links where token_hash = $1 and purpose = $2`,
    [hashOf(token), purpose],
  );
  return rows[0];
}

/** Uses the token up. @returns whose it was; undefined when it is unknown, expired or used already. */
export async function useMailedToken(tx: SqlTx, purpose: LinkPurpose, token: string): Promise<string | undefined> {
  const rows = await tx.query<{ userId: string }>(
    `update mailed_links set used_at = now()
     where token_hash = $1 and purpose = $2 and used_at is null and expires_at > now() returning user_id as "userId"`,
    [hashOf(token), purpose],
  );
  return rows[0]?.userId;
}

/** Links of this purpose that are still on their way or unused no longer work. */
export async function voidMailedLinks(tx: SqlTx, userId: string, purpose: LinkPurpose): Promise<void> {
  await tx.query('update mailed_links set used_at = now() where user_id = $1 and purpose = $2 and used_at is null', [
    userId,
    purpose,
  ]);
}
