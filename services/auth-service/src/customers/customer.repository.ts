import type { Sql, SqlTx } from '@reseller/persistence';
import type { Customer, CustomerProfile, CustomerSource } from './customer.js';

export const CUSTOMER_COLUMNS = `id, business_id as "businessId", tenant_id as "tenantId", user_id as "userId", name, phone,
  email, whatsapp_number as "whatsappNumber", notes, source, total_orders as "totalOrders",
  total_spent_paise as "totalSpentPaise", last_order_at as "lastOrderAt", engagement_score as "engagementScore", version,
  created_at as "createdAt", updated_at as "updatedAt"`;

/** One to be made; figures start at nothing. */
export interface NewCustomer extends Omit<CustomerProfile, 'phone'> {
  readonly id: string;
  readonly businessId: string;
  readonly tenantId: string;
  readonly phone: string;
  readonly source: CustomerSource;
}

const BY_ID = `select ${CUSTOMER_COLUMNS} from customers where id = $1 and deleted_at is null`;
const BY_ID_LOCKED = `${BY_ID} for no key update`;
const ID_BY_PHONE = 'select id from customers where business_id = $1 and phone = $2';

// Whoever comes second waits for the first and is given their row: a plain "do nothing" would return none.
const FIND_OR_INSERT = `
insert into customers as known (id, business_id, tenant_id, name, phone, email, whatsapp_number, notes, source)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (business_id, phone) where phone is not null do update set phone = known.phone
returning ${CUSTOMER_COLUMNS}, id = $1 as "isNew"`;

const INSERT_MANY = `
insert into customers (id, business_id, tenant_id, name, phone, email, whatsapp_number, notes, source)
select id, $2, $3, name, phone, email, "whatsappNumber", notes, $4 from jsonb_to_recordset($1::jsonb)
  as given(id uuid, name text, phone text, email text, "whatsappNumber" text, notes text)
on conflict do nothing
returning id, phone`;
const IDS_BY_PHONE = 'select id, phone from customers where business_id = $1 and phone = any($2::text[])';

const SAVE = `
update customers set name = $2, phone = $3, email = $4, whatsapp_number = $5, notes = $6, version = $7, updated_at = $8
where id = $1`;

const FORGET = `
update customers set name = null, phone = null, email = null, whatsapp_number = null, notes = null, user_id = null,
  deleted_at = $2, version = version + 1, updated_at = $2
where id = $1`;

/** Undefined also for one that was deleted. */
export async function findCustomer(sql: Sql, id: string): Promise<Customer | undefined> {
  return (await sql.query<Customer>(BY_ID, [id]))[0];
}

/** Holds the row until the end of the transaction. */
export async function lockCustomer(tx: SqlTx, id: string): Promise<Customer | undefined> {
  return (await tx.query<Customer>(BY_ID_LOCKED, [id]))[0];
}

export async function findIdByPhone(sql: Sql, businessId: string, phone: string): Promise<string | undefined> {
  return (await sql.query<{ id: string }>(ID_BY_PHONE, [businessId, phone]))[0]?.id;
}

/** Adds a customer, or gives the one who has the phone already, as it is. One statement: two at once make one. */
export async function findOrInsertCustomer(
  tx: SqlTx,
  made: NewCustomer,
): Promise<{ customer: Customer; isNew: boolean }> {
  const [row] = await tx.query<Customer & { isNew: boolean }>(FIND_OR_INSERT, [
    made.id,
    made.businessId,
    made.tenantId,
    made.name,
    made.phone,
    made.email,
    made.whatsappNumber,
    made.notes,
    made.source,
  ]);
  if (row === undefined) throw new Error('an upsert returned no row');
  const { isNew, ...customer } = row;
  return { customer, isNew };
}

/** Adds those whose phones the business does not know. @returns the new ones' ids by phone. */
export async function insertCustomers(
  tx: SqlTx,
  business: { readonly businessId: string; readonly tenantId: string },
  source: CustomerSource,
  rows: readonly (Omit<CustomerProfile, 'phone'> & { readonly id: string; readonly phone: string })[],
): Promise<Map<string, string>> {
  const params = [JSON.stringify(rows), business.businessId, business.tenantId, source];
  const inserted = await tx.query<{ id: string; phone: string }>(INSERT_MANY, params);
  return new Map(inserted.map(({ id, phone }) => [phone, id]));
}

export async function findIdsByPhone(
  sql: Sql,
  businessId: string,
  phones: readonly string[],
): Promise<Map<string, string>> {
  const rows = await sql.query<{ id: string; phone: string }>(IDS_BY_PHONE, [businessId, phones]);
  return new Map(rows.map(({ id, phone }) => [phone, id]));
}

/** Writes the profile of a customer that the transaction has locked. */
export async function saveCustomer(tx: SqlTx, customer: Customer): Promise<void> {
  const { id, name, phone, email, whatsappNumber, notes, version, updatedAt } = customer;
  await tx.query(SAVE, [id, name, phone, email, whatsappNumber, notes, version, updatedAt]);
}

/** Takes the person out of the row and leaves the figures, to which orders lead. */
export async function forgetCustomer(tx: SqlTx, id: string, now: Date): Promise<void> {
  await tx.query(FORGET, [id, now]);
  await tx.query('update customer_engagement_changes set reason = null where customer_id = $1', [id]);
}
