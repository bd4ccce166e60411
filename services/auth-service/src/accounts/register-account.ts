import { Inject, Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import type { Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, conflict, forbidden, newId, type Clock } from '@reseller/runtime';
import { insertMailedLink } from '../mailed-links/mailed-link.repository.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { OpenSession, type SignedIn } from '../sessions/open-session.js';
import { userRegistered, type Account } from './account.js';
import { businessOverseeing } from './account-visibility.js';
import { insertAccount, isEmailTaken } from './account.repository.js';
import type { RegisterBody } from './accounts.schemas.js';
import { findActiveAdmin } from './active-admin.js';

const emailTaken = () => conflict('EMAIL_TAKEN', 'There is an account with this email already.');

/** Opens an account and signs it in. Anybody may become a customer or a reseller; administrators are made by administrators. */
@Injectable()
export class RegisterAccount {
  constructor(
    private readonly database: Database,
    private readonly passwords: PasswordHasher,
    private readonly openSession: OpenSession,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 403 FORBIDDEN for role ADMIN without an administrator's token; 409 EMAIL_TAKEN. */
  async execute(command: RegisterBody, caller: Identity): Promise<SignedIn> {
    const admin = command.role === 'ADMIN' ? await this.requireAdmin(caller) : null;
    // Asked before the hash is made, which costs far more than the question; the insert decides.
    if (await isEmailTaken(this.database, command.email)) throw emailTaken();
    const passwordHash = await this.passwords.hash(command.password);
    const account = this.newAccount(command, admin?.businessId ?? null);

    return this.database.sqlTransaction(async (tx) => {
      if (!(await insertAccount(tx, account, passwordHash))) throw emailTaken();
      const reference = await insertMailedLink(tx, { purpose: 'EMAIL_VERIFICATION', userId: account.id });
      await appendToOutbox(tx, [
        userRegistered(account, reference.id, admin?.id),
        ...(admin === null ? [] : [this.recordMakingOf(account, admin)]),
      ]);
      return this.openSession.execute(tx, account);
    });
  }

  private requireAdmin(caller: Identity): Promise<Account> {
    if (!caller.isAdmin) throw forbidden('FORBIDDEN', 'Only an administrator can register an administrator.');
    return findActiveAdmin(this.database, caller);
  }

  /** An administrator who is limited to a business makes none who is limited less. */
  private newAccount(command: RegisterBody, businessId: string | null): Account {
    const now = this.clock.now();
    return {
      id: newId(),
      email: command.email,
      firstName: command.firstName ?? null,
      lastName: command.lastName ?? null,
      phone: command.phone ?? null,
      roles: [command.role],
      isActive: true,
      businessId,
      emailVerifiedAt: null,
      version: 1n,
      createdAt: now,
      updatedAt: now,
    };
  }

  private recordMakingOf(account: Account, admin: Account) {
    return adminAction({
      actorId: admin.id,
      action: 'ADMIN_REGISTERED',
      subjectType: 'user',
      subjectId: account.id,
      before: null,
      after: { roles: account.roles, businessId: account.businessId },
      businessId: businessOverseeing(account),
      occurredAt: account.createdAt,
    });
  }
}
