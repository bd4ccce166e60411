import { DEFAULT_TENANT_ID } from '@reseller/contracts';
import type { SqlTx } from '@reseller/persistence';
import { newId } from '@reseller/runtime';

/** Who bought, as the order says it, the phone in one spelling. */
export interface Buyer {
  readonly businessId: string;
  readonly customerId: string | null;
  readonly userId: string | null;
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
}

/** Whose order it is. */
export interface OrderCustomer {
  readonly id: string;
  /** The account behind the customer. */
  readonly userId: string | null;
  /** The order named nobody: this is whom it was found, or made, to belong to. */
  readonly isFound: boolean;
}

// Also one who was deleted since: the order was theirs.
const NAMED = `select id, user_id as "userId", false as "isFound" from customers
  where id = $1 and business_id = $2 for no key update`;

// Who comes second waits for the first and is given their row.
const found = (key: 'user_id' | 'phone') => `
insert into customers as known (id, business_id, tenant_id, user_id, name, email, phone, source)
values ($1, $2, coalesce((select tenant_id from businesses where id = $2), $3), $4, $5, $6, $7, 'ORDER')
on conflict (business_id, ${key}) where ${key} is not null do update set ${key} = known.${key}
returning id, user_id as "userId", true as "isFound"`;
const BY_ACCOUNT = found('user_id');
const BY_PHONE = found('phone');

/**
 * The customer whose order it is, held until the transaction ends: the one that the order names, and nobody else; where
 * it names none, the business's with this account or, for a guest, with this phone; else a new one. Null where the order
 * says none of these, or names somebody who is not the business's.
 *
 * An account is a customer of its own, whatever phone it gives: anybody can order with somebody else's number. With the
 * contact of that number linked to the account, or the number kept as the account's, an administrator who orders for the
 * person behind it would order for the account. So the phone stays free for a contact whom the business itself knows by
 * it, and only an administrator gives a phone to an account's customer.
 *
 * An order that names somebody who was forgotten counts for the row without the person, and brings nobody back. One that
 * names nobody makes a new contact, also if it was placed before somebody was forgotten: to know that it was theirs, their
 * number would have to be kept.
 */
export async function holdCustomerOf(tx: SqlTx, buyer: Buyer): Promise<OrderCustomer | null> {
  const { customerId, businessId, userId, name, email } = buyer;
  if (customerId !== null) return (await tx.query<OrderCustomer>(NAMED, [customerId, businessId]))[0] ?? null;
  const phone = userId === null ? buyer.phone : null;
  if (userId === null && phone === null) return null;
  const params = [newId(), businessId, DEFAULT_TENANT_ID, userId, name, email, phone];
  const [row] = await tx.query<OrderCustomer>(userId === null ? BY_PHONE : BY_ACCOUNT, params);
  if (row === undefined) throw new Error('an upsert returned no row');
  return row;
}
