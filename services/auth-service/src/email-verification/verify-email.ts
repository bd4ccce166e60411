import { Inject, Injectable } from '@nestjs/common';
import { appendToOutbox } from '@reseller/messaging';
import { Database, type SqlTx } from '@reseller/persistence';
import { CLOCK, gone, invalid, type Clock } from '@reseller/runtime';
import { emailVerified, userUpdated, withChanges } from '../accounts/account.js';
import { lockAccount, saveAccount } from '../accounts/account.repository.js';
import { findMailedToken, useMailedToken, voidMailedLinks } from '../mailed-links/mailed-link.repository.js';

const unknownToken = () => invalid('VERIFICATION_TOKEN_INVALID', 'This link is not valid. Ask for a new one.');
const spentToken = () => gone('VERIFICATION_TOKEN_EXPIRED', 'This link has expired. Ask for a new one.');

/** Marks the address as the person's own. Mail scanners open links before people do, so a second use answers the same. */
@Injectable()
export class VerifyEmail {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 400 VERIFICATION_TOKEN_INVALID; 410 VERIFICATION_TOKEN_EXPIRED */
  async execute(token: string): Promise<void> {
    await this.database.sqlTransaction(async (tx) => {
      const userId = await useMailedToken(tx, 'EMAIL_VERIFICATION', token);
      if (userId === undefined) await this.requireVerifiedBefore(tx, token);
      else await this.verify(tx, userId);
    });
  }

  private async requireVerifiedBefore(tx: SqlTx, token: string): Promise<void> {
    const found = await findMailedToken(tx, 'EMAIL_VERIFICATION', token);
    if (found === undefined) throw unknownToken();
    const account = await lockAccount(tx, found.userId);
    if (account === undefined || account.emailVerifiedAt === null) throw spentToken();
  }

  private async verify(tx: SqlTx, userId: string): Promise<void> {
    const before = await lockAccount(tx, userId);
    if (before === undefined) throw unknownToken();
    await voidMailedLinks(tx, userId, 'EMAIL_VERIFICATION');
    if (before.emailVerifiedAt !== null) return;
    const now = this.clock.now();
    const after = withChanges(before, { emailVerifiedAt: now }, now);
    await saveAccount(tx, after);
    await appendToOutbox(tx, [emailVerified(after), userUpdated(after, userId)]);
  }
}
