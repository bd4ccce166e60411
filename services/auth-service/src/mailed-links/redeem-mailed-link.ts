import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { gone, notFound } from '@reseller/runtime';
import { findAccount } from '../accounts/account.repository.js';
import { CONFIG, type AuthServiceConfig } from '../auth-service.config.js';
import { isReferenceKnown, redeemReference, type LinkPurpose } from './mailed-link.repository.js';

const PAGES = {
  PASSWORD_RESET: 'reset-password',
  EMAIL_VERIFICATION: 'verify-email',
} as const satisfies Record<LinkPurpose, string>;

export interface RedeemedLink {
  readonly email: string;
  readonly firstName: string | null;
  readonly url: string;
}

/**
 * Turns the reference of an event into the link that goes into the mail, exactly once: a second answer to the same
 * reference would let whoever reads an old event take over the account. Should the answer get lost, the person asks for
 * another mail.
 */
@Injectable()
export class RedeemMailedLink {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: AuthServiceConfig,
  ) {}

  /** @throws 404 LINK_NOT_FOUND; 410 LINK_GONE when redeemed before or expired. */
  async execute(reference: string, purpose: LinkPurpose): Promise<RedeemedLink> {
    const token = randomBytes(32).toString('base64url');
    const redeemed = await redeemReference(this.database, { reference, purpose, token });
    if (redeemed === undefined) throw await this.refusal(reference, purpose);
    const account = await findAccount(this.database, redeemed.userId);
    if (account?.isActive !== true) throw gone('LINK_GONE', 'The account is gone or disabled.');
    const url = new URL(`${this.config.FRONTEND_URL.replace(/\/+$/, '')}/${PAGES[purpose]}`);
    url.searchParams.set('token', token);
    return { email: account.email, firstName: account.firstName, url: url.href };
  }

  private async refusal(reference: string, purpose: LinkPurpose): Promise<Error> {
    return (await isReferenceKnown(this.database, reference, purpose))
      ? gone('LINK_GONE', 'This reference was redeemed before or has expired.')
      : notFound('LINK_NOT_FOUND', 'There is no such reference.');
  }
}
