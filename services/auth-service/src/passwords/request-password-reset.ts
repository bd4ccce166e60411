import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { eventOf, PasswordResetRequested } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { Database, type SqlTx } from '@reseller/persistence';
import { CLOCK, type Clock } from '@reseller/runtime';
import { factAbout } from '../accounts/account.js';
import { findAccountWithPassword, lockAccount } from '../accounts/account.repository.js';
import { insertMailedLink, mayRequestLink } from '../mailed-links/mailed-link.repository.js';

/** Longer than the work takes, so that the time of the answer is this and not the work's. */
const ANSWER_AFTER_MS = 250;

/**
 * Has a reset link mailed. Whether there is such an account, whether it is active and whether it asks too often: the
 * caller sees and measures no difference.
 */
@Injectable()
export class RequestPasswordReset {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(email: string): Promise<void> {
    await Promise.all([this.request(email), delay(ANSWER_AFTER_MS)]);
  }

  private async request(email: string): Promise<void> {
    const found = await findAccountWithPassword(this.database, { email });
    if (found === undefined) return;
    await this.database.sqlTransaction((tx) => this.append(tx, found.id));
  }

  private async append(tx: SqlTx, userId: string): Promise<void> {
    const account = await lockAccount(tx, userId);
    if (account?.isActive !== true) return;
    if (!(await mayRequestLink(tx, userId, 'PASSWORD_RESET'))) return;
    const link = await insertMailedLink(tx, { purpose: 'PASSWORD_RESET', userId });
    const requested = eventOf(PasswordResetRequested, {
      ...factAbout(account, this.clock.now(), null),
      data: { userId, email: account.email, reference: link.id, expiresAt: link.expiresAt.toISOString() },
    });
    await appendToOutbox(tx, [requested]);
  }
}
