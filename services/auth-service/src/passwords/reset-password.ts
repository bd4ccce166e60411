import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { gone, invalid } from '@reseller/runtime';
import { lockAccount, savePasswordHash } from '../accounts/account.repository.js';
import { SecurityLog } from '../audit/security-log.js';
import { findMailedToken, useMailedToken, voidMailedLinks } from '../mailed-links/mailed-link.repository.js';
import { revokeSessionsOf } from '../sessions/session.repository.js';
import { SignInThrottle } from '../sessions/sign-in-throttle.js';
import { PasswordHasher } from './password-hasher.js';

const unknownToken = () => invalid('RESET_TOKEN_INVALID', 'This reset link is not valid. Ask for a new one.');
const spentToken = () =>
  gone('RESET_TOKEN_EXPIRED', 'This reset link was used before or has expired. Ask for a new one.');

/** Sets a new password by a mailed token, and ends every sign-in: whoever had the old password is out. */
@Injectable()
export class ResetPassword {
  constructor(
    private readonly database: Database,
    private readonly passwords: PasswordHasher,
    private readonly throttle: SignInThrottle,
    private readonly securityLog: SecurityLog,
  ) {}

  /** @throws 400 RESET_TOKEN_INVALID; 410 RESET_TOKEN_EXPIRED */
  async execute(token: string, newPassword: string, clientAddress: string): Promise<void> {
    const found = await findMailedToken(this.database, 'PASSWORD_RESET', token);
    if (found === undefined) throw unknownToken();
    if (found.state !== 'live') throw spentToken();
    // Outside the transaction: hashing takes long, and the token is used up only by the statement below.
    const hash = await this.passwords.hash(newPassword);

    const userId = await this.database.sqlTransaction(async (tx) => {
      const owner = await useMailedToken(tx, 'PASSWORD_RESET', token);
      const account = owner === undefined ? undefined : await lockAccount(tx, owner);
      if (account === undefined) return undefined;
      await savePasswordHash(tx, account.id, hash);
      await voidMailedLinks(tx, account.id, 'PASSWORD_RESET');
      await revokeSessionsOf(tx, account.id, 'PASSWORD_CHANGED');
      await this.throttle.welcome(tx, this.throttle.keysOf(account.email, clientAddress));
      return account.id;
    });
    if (userId === undefined) throw spentToken();
    this.securityLog.record('PASSWORD_RESET', { userId });
  }
}
