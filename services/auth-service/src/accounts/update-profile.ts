import { Inject, Injectable } from '@nestjs/common';
import { requireSelfOrAdmin, type Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database, type SqlTx } from '@reseller/persistence';
import { CLOCK, requireVersion, type Clock } from '@reseller/runtime';
import { userChanged } from '../users-admin/user-changed.js';
import { userUpdated, withChanges, type Account } from './account.js';
import { isVisibleTo } from './account-visibility.js';
import { accountGone, userNotFound } from './account.queries.js';
import { lockAccount, saveAccount } from './account.repository.js';
import type { UpdateProfileBody } from './accounts.schemas.js';

export interface UpdateProfileCommand {
  readonly userId: string;
  readonly changes: Omit<UpdateProfileBody, 'version'>;
  /** The change is only made to this version; null: to whichever stands. */
  readonly expectedVersion: bigint | null;
}

/** Changes names and phone: people their own, administrators those of the people they see. */
@Injectable()
export class UpdateProfile {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 401 for one's own that is disabled; 403 for somebody else's account; 404; 412 VERSION_MISMATCH */
  async execute(command: UpdateProfileCommand, caller: Identity): Promise<Account> {
    requireSelfOrAdmin(caller, command.userId);
    return this.database.sqlTransaction((tx) => this.change(tx, command, caller));
  }

  private async change(
    tx: SqlTx,
    { userId, changes, expectedVersion }: UpdateProfileCommand,
    caller: Identity,
  ): Promise<Account> {
    const before = await lockAccount(tx, userId);
    if (before === undefined || !isVisibleTo(before, caller)) throw userNotFound();
    if (caller.userId === userId && !before.isActive) throw accountGone();
    requireVersion('account', expectedVersion, before.version);
    const after = withChanges(before, changes, this.clock.now());
    if (after === before) return before;
    await saveAccount(tx, after);
    const actorId = caller.userId ?? userId;
    await appendToOutbox(tx, [
      userUpdated(after, actorId),
      ...(actorId === userId ? [] : [userChanged({ before, after, actorId })]),
    ]);
    return after;
  }
}
