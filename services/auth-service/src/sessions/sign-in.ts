import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { forbidden, unauthenticated } from '@reseller/runtime';
import { findAccountWithPassword, holdCheckedPassword } from '../accounts/account.repository.js';
import { SecurityLog } from '../audit/security-log.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { OpenSession, type SignedIn } from './open-session.js';
import { SignInThrottle } from './sign-in-throttle.js';

export interface SignInCommand {
  readonly email: string;
  readonly password: string;
  readonly clientAddress: string;
}

const wrongCredentials = () => unauthenticated('INVALID_CREDENTIALS', 'Email or password is wrong.');

/** Signs in by email and password. An unknown email and a wrong password answer the same after the same time. */
@Injectable()
export class SignIn {
  constructor(
    private readonly database: Database,
    private readonly passwords: PasswordHasher,
    private readonly throttle: SignInThrottle,
    private readonly openSession: OpenSession,
    private readonly securityLog: SecurityLog,
  ) {}

  /** @throws 401 INVALID_CREDENTIALS; 403 ACCOUNT_DISABLED; 429 RATE_LIMITED after repeated failures. */
  async execute({ email, password, clientAddress }: SignInCommand): Promise<SignedIn> {
    const keys = this.throttle.keysOf(email, clientAddress);
    const account = await this.passwords.check(password, async () => {
      await this.throttle.requireOpen(keys);
      return findAccountWithPassword(this.database, { email });
    });
    if (account === undefined) {
      const isBlocked = await this.throttle.countFailure(keys);
      this.securityLog.record(isBlocked ? 'SIGN_IN_BLOCKED' : 'SIGN_IN_FAILED', keys);
      throw wrongCredentials();
    }
    if (!account.isActive) throw forbidden('ACCOUNT_DISABLED', 'This account has been disabled.');
    return this.database.sqlTransaction(async (tx) => {
      // A password that was changed since the check ended all sign-ins; one that begins now would outlive that.
      if (!(await holdCheckedPassword(tx, account.id, account.passwordHash))) throw wrongCredentials();
      await this.throttle.welcome(tx, keys);
      return this.openSession.execute(tx, account);
    });
  }
}
