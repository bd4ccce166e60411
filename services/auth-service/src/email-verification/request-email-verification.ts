import { Inject, Injectable } from '@nestjs/common';
import { EmailVerificationRequested, eventOf } from '@reseller/contracts';
import { requireUser, type Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database, type SqlTx } from '@reseller/persistence';
import { CLOCK, conflict, rateLimited, unauthenticated, type Clock } from '@reseller/runtime';
import { factAbout } from '../accounts/account.js';
import { lockAccount } from '../accounts/account.repository.js';
import { insertMailedLink, mayRequestLink } from '../mailed-links/mailed-link.repository.js';

const RETRY_AFTER_SECONDS = 900;

/** Has another verification link mailed to the caller's own address. */
@Injectable()
export class RequestEmailVerification {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 409 EMAIL_ALREADY_VERIFIED; 429 RATE_LIMITED when asked again and again. */
  async execute(caller: Identity): Promise<void> {
    const userId = requireUser(caller);
    await this.database.sqlTransaction((tx) => this.request(tx, userId));
  }

  private async request(tx: SqlTx, userId: string): Promise<void> {
    const account = await lockAccount(tx, userId);
    if (account?.isActive !== true) {
      throw unauthenticated('UNAUTHENTICATED', 'This account does not exist any more or has been disabled.');
    }
    if (account.emailVerifiedAt !== null) throw conflict('EMAIL_ALREADY_VERIFIED', 'This email is verified already.');
    if (!(await mayRequestLink(tx, userId, 'EMAIL_VERIFICATION'))) {
      throw rateLimited('RATE_LIMITED', 'Several links were sent already. Look for them, or try again later.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    const link = await insertMailedLink(tx, { purpose: 'EMAIL_VERIFICATION', userId });
    const requested = eventOf(EmailVerificationRequested, {
      ...factAbout(account, this.clock.now(), userId),
      data: { userId, email: account.email, reference: link.id, expiresAt: link.expiresAt.toISOString() },
    });
    await appendToOutbox(tx, [requested]);
  }
}
