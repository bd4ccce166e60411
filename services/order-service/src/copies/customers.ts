import type { SqlTx } from '@reseller/persistence';

export interface CustomerOfAccount {
  readonly customerId: string;
  readonly businessId: string;
  readonly userId: string;
}

// An account that was forgotten and buys again is another customer. Ids grow with the time of their making.
const KEEP = `insert into customer_copies as copy (user_id, business_id, customer_id) values ($1, $2, $3)
  on conflict (user_id, business_id) do update set customer_id = excluded.customer_id, heard_at = now()
    where copy.customer_id < excluded.customer_id`;

/** Keeps which of a business's customers an account is, so that its next order names them from the start. */
export async function keepCustomer(tx: SqlTx, { userId, businessId, customerId }: CustomerOfAccount): Promise<void> {
  await tx.query(KEEP, [userId, businessId, customerId]);
}

/** Until the transaction ends nobody else is told anything of this customer: their deletion and their orders take turns. */
export async function holdCustomer(tx: SqlTx, customerId: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [customerId]);
}

/** Whether auth has told that a customer was deleted. */
export async function isDeleted(tx: SqlTx, customerId: string): Promise<boolean> {
  return (await tx.query('select 1 from deleted_customers where customer_id = $1', [customerId])).length > 0;
}
