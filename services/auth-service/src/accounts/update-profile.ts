import { Inject, Injectable } from '@nestjs/common';
import { DEFAULT_BUSINESS_ID } from '@reseller/contracts';
import { requireSelfOrAdmin, type Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database, type SqlTx } from '@reseller/persistence';
import { CLOCK, type Clock } from '@reseller/runtime';
import { userChanged } from '../users-admin/user-changed.js';
import { userUpdated, withChanges, type Account } from './account.js';
import { isVisibleTo } from './account-visibility.js';
import { userNotFound } from './account.queries.js';
import { lockAccount, saveAccount } from './account.repository.js';
import type { UpdateProfileBody } from './accounts.schemas.js';

/** Changes names and phone: people their own, administrators those of the people they see. */
@Injectable()
export class UpdateProfile {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 403 for somebody else's account; 404 */
  async execute(userId: string, changes: UpdateProfileBody, caller: Identity): Promise<Account> {
    requireSelfOrAdmin(caller, userId);
    return this.database.sqlTransaction((tx) => this.change(tx, userId, changes, caller));
  }

  private async change(tx: SqlTx, userId: string, changes: UpdateProfileBody, caller: Identity): Promise<Account> {
    const before = await lockAccount(tx, userId);
    if (before === undefined || !isVisibleTo(before, caller)) throw userNotFound();
    const after = withChanges(before, changes, this.clock.now());
    if (after === before) return before;
    await saveAccount(tx, after);
    const actorId = caller.userId ?? userId;
    await appendToOutbox(tx, [
      userUpdated(after, actorId),
      ...(actorId === userId
        ? []
        : [userChanged({ before, after, actorId, businessId: caller.businessId ?? DEFAULT_BUSINESS_ID })]),
    ]);
    return after;
  }
}
