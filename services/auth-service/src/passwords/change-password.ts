import { Injectable } from '@nestjs/common';
import { requireUser, type Identity } from '@reseller/http';
import { Database } from '@reseller/persistence';
import { unauthenticated, unprocessable } from '@reseller/runtime';
import { findAccountWithPassword, savePasswordHash, type AccountWithPassword } from '../accounts/account.repository.js';
import { SecurityLog } from '../audit/security-log.js';
import { voidMailedLinks } from '../mailed-links/mailed-link.repository.js';
import { revokeSessionsOf } from '../sessions/session.repository.js';
import { SignInThrottle } from '../sessions/sign-in-throttle.js';
import { PasswordHasher } from './password-hasher.js';

export interface ChangePasswordCommand {
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly clientAddress: string;
}

const wrongPassword = () => unprocessable('CURRENT_PASSWORD_WRONG', 'The current password is wrong.');

/** Changes the caller's password and ends every other sign-in of theirs. Guesses count like failed sign-ins. */
@Injectable()
export class ChangePassword {
  constructor(
    private readonly database: Database,
    private readonly passwords: PasswordHasher,
    private readonly throttle: SignInThrottle,
    private readonly securityLog: SecurityLog,
  ) {}

  /** @throws 422 CURRENT_PASSWORD_WRONG; 429 RATE_LIMITED after repeated guesses. */
  async execute(command: ChangePasswordCommand, caller: Identity): Promise<void> {
    const account = await this.checkCurrent(command, requireUser(caller));
    const hash = await this.passwords.hash(command.newPassword);
    await this.database.sqlTransaction(async (tx) => {
      // Between the check and now somebody else may have changed it: then the check says nothing any more.
      if (!(await savePasswordHash(tx, account.id, hash, account.passwordHash))) throw wrongPassword();
      await voidMailedLinks(tx, account.id, 'PASSWORD_RESET');
      await revokeSessionsOf(tx, account.id, 'PASSWORD_CHANGED', caller.sessionId ?? null);
    });
    this.securityLog.record('PASSWORD_CHANGED', { userId: account.id });
  }

  private async checkCurrent(command: ChangePasswordCommand, userId: string): Promise<AccountWithPassword> {
    const known = await findAccountWithPassword(this.database, { id: userId });
    if (known?.isActive !== true) {
      throw unauthenticated('UNAUTHENTICATED', 'This account does not exist any more or has been disabled.');
    }
    const keys = this.throttle.keysOf(known.email, command.clientAddress);
    const account = await this.passwords.check(command.currentPassword, async () => {
      await this.throttle.requireOpen(keys);
      return known;
    });
    if (account !== undefined) return account;
    await this.throttle.countFailure(keys);
    this.securityLog.record('SIGN_IN_FAILED', { userId, ...keys });
    throw wrongPassword();
  }
}
