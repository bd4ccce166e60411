import type { SqlTx } from '@reseller/persistence';

const KEEP = `insert into verified_emails (email, user_id) values ($1, $2::uuid)
  on conflict (email) do update set user_id = excluded.user_id, heard_at = now()`;

/**
 * Until the transaction ends nobody else keeps a proof of this address or writes a guest's order with it: whoever comes
 * second sees, from its next statement on, what the first has written. The second key keeps it apart from customers' ids.
 */
export async function holdAddress(tx: SqlTx, email: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended(lower($1), 1))', [email]);
}

/** @param email held, and in lower case. */
export async function keepVerifiedEmail(
  tx: SqlTx,
  { email, userId }: { readonly email: string; readonly userId: string },
): Promise<void> {
  await tx.query(KEEP, [email, userId]);
}
