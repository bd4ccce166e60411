import { Inject, Injectable } from '@nestjs/common';
import { requireUser, type Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database, type SqlTx } from '@reseller/persistence';
import { CLOCK, forbidden, requireVersion, unprocessable, type Clock } from '@reseller/runtime';
import { isAdmin, userUpdated, withChanges, type Account } from '../accounts/account.js';
import { isVisibleTo } from '../accounts/account-visibility.js';
import { userNotFound } from '../accounts/account.queries.js';
import { lockAccounts, saveAccount } from '../accounts/account.repository.js';
import { requireActiveAdmin } from '../accounts/active-admin.js';
import { SecurityLog } from '../audit/security-log.js';
import { revokeSessionsOf } from '../sessions/session.repository.js';
import { userChanged } from './user-changed.js';
import type { UpdateUserBody } from './users-admin.schemas.js';

export interface UpdateUserCommand extends Omit<UpdateUserBody, 'version'> {
  /** The change is only made to this version; null: to whichever stands. */
  readonly expectedVersion: bigint | null;
}

/**
 * An administrator changes somebody's roles, business, names, or whether they may sign in. Both accounts are locked and
 * read as they stand, so two administrators who dismiss each other cannot both succeed: one always remains.
 */
@Injectable()
export class UpdateUser {
  constructor(
    private readonly database: Database,
    private readonly securityLog: SecurityLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 403, 404; 412 VERSION_MISMATCH; 422 CANNOT_DISMISS_YOURSELF */
  async execute(userId: string, command: UpdateUserCommand, caller: Identity): Promise<Account> {
    const { before, after } = await this.database.sqlTransaction((tx) => this.change(tx, userId, command, caller));
    if (before.isActive && !after.isActive) this.securityLog.record('ACCOUNT_DEACTIVATED', { userId });
    return after;
  }

  private async change(
    tx: SqlTx,
    userId: string,
    { reason, expectedVersion, ...changes }: UpdateUserCommand,
    caller: Identity,
  ) {
    const callerId = requireUser(caller);
    const accounts = await lockAccounts(tx, [callerId, userId]);
    const actor = requireActiveAdmin(accounts.get(callerId));
    const before = accounts.get(userId);
    // Limits come from the account as it stands, not from a token that may be older.
    const seenBy = { userId: actor.id, isAdmin: true, businessId: actor.businessId };
    if (before === undefined || !isVisibleTo(before, seenBy)) throw userNotFound();

    requireVersion('account', expectedVersion, before.version);
    const after = withChanges(before, changes, this.clock.now());
    if (after === before) return { before, after };
    this.requireAllowed(before, after, actor);
    await this.requireBusiness(tx, before, after);
    await saveAccount(tx, after);
    if (!after.isActive) await revokeSessionsOf(tx, userId, 'DEACTIVATED');
    await appendToOutbox(tx, [
      userUpdated(after, actor.id),
      userChanged({ before, after, actorId: actor.id, reason: reason ?? null }),
    ]);
    return { before, after };
  }

  private requireAllowed(before: Account, after: Account, actor: Account): void {
    if (actor.id === before.id && (!after.isActive || !isAdmin(after))) {
      throw unprocessable(
        'CANNOT_DISMISS_YOURSELF',
        'You cannot take your own administrator role or disable yourself. Ask another administrator.',
      );
    }
    if (actor.businessId === null) return;
    const isInside = after.businessId === actor.businessId;
    if (!isInside && (before.businessId !== after.businessId || isAdmin(after))) {
      throw forbidden('FORBIDDEN', 'An administrator of one business cannot give rights beyond it.');
    }
  }

  /** A business that does not exist would hide the account from everybody. */
  private async requireBusiness(tx: SqlTx, before: Account, after: Account): Promise<void> {
    if (after.businessId === null || after.businessId === before.businessId) return;
    const found = await tx.query('select 1 as found from businesses where id = $1', [after.businessId]);
    if (found.length === 0) throw unprocessable('BUSINESS_NOT_FOUND', 'There is no such business.');
  }
}
