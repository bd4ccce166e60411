import type { SqlTx } from '@reseller/persistence';
import type { Account } from '../accounts/account.js';
import type { Customer } from './customer.js';
import { customerNotFound } from './customer.queries.js';
import { lockCustomer } from './customer.repository.js';

/** The customer as it stands, held until the transaction ends. @throws 404 also for another business's. */
export async function lockedCustomer(tx: SqlTx, id: string, admin: Pick<Account, 'businessId'>): Promise<Customer> {
  const customer = await lockCustomer(tx, id);
  if (customer === undefined || (admin.businessId !== null && customer.businessId !== admin.businessId)) {
    throw customerNotFound();
  }
  return customer;
}
