import { Injectable } from '@nestjs/common';
import { requireUser, type Identity } from '@reseller/http';
import { Database } from '@reseller/persistence';
import { notFound, unauthenticated } from '@reseller/runtime';
import type { Account } from './account.js';
import { countAccounts, findAccount } from './account.repository.js';
import { isVisibleTo } from './account-visibility.js';

export const accountGone = () =>
  unauthenticated('UNAUTHENTICATED', 'This account does not exist any more or has been disabled.');

export const userNotFound = () => notFound('USER_NOT_FOUND', 'There is no such user.');

@Injectable()
export class AccountQueries {
  constructor(private readonly database: Database) {}

  /** The caller's own account. @throws 401 when it is gone or disabled, though the token is not expired yet. */
  async signedIn(caller: Identity): Promise<Account> {
    const account = await findAccount(this.database, requireUser(caller));
    if (account?.isActive !== true) throw accountGone();
    return account;
  }

  /** @throws 404 also where it exists but is not the caller's to see. */
  async visible(id: string, caller: Identity): Promise<Account> {
    const account = await findAccount(this.database, id);
    if (account === undefined || !isVisibleTo(account, caller)) throw userNotFound();
    return account;
  }

  /** For other services. @throws 404 */
  async byId(id: string): Promise<Account> {
    const account = await findAccount(this.database, id);
    if (account === undefined) throw userNotFound();
    return account;
  }

  /** Of one business, whom its administrators see; of null, everybody. */
  count(businessId: string | null): Promise<number> {
    return countAccounts(this.database, businessId);
  }
}
