import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ServiceClient } from '@reseller/http';
import { z } from 'zod';
import type { LinkPurpose } from '../messages/message.js';
import { CONFIG, type NotificationServiceConfig } from '../notification-service.config.js';

export interface MailedLink {
  /** Where the account gets its mail now, which may not be where it got it when the link was asked for. */
  readonly email: string;
  readonly url: string;
}

const resetSchema = z
  .object({ email: z.string(), resetUrl: z.url() })
  .transform(({ email, resetUrl }): MailedLink => ({ email, url: resetUrl }));
const verificationSchema = z
  .object({ email: z.string(), verifyUrl: z.url() })
  .transform(({ email, verifyUrl }): MailedLink => ({ email, url: verifyUrl }));

/** Auth's links for mails. Each reference is good for one answer, so a call is never repeated by itself. */
@Injectable()
export class MailedLinks implements OnApplicationShutdown {
  private readonly auth: ServiceClient;

  constructor(@Inject(CONFIG) config: NotificationServiceConfig) {
    this.auth = new ServiceClient({
      self: 'notification',
      target: 'auth',
      baseUrl: config.AUTH_SERVICE_URL,
      serviceSecret: config.INTERNAL_SERVICE_SECRET,
    });
  }

  /** @throws `gone` when redeemed before or expired; `not-found`; others while auth cannot be asked. */
  redeem(purpose: LinkPurpose, reference: string): Promise<MailedLink> {
    return purpose === 'PASSWORD_RESET'
      ? this.auth.post('/internal/password-resets/redeem', { reference }, resetSchema)
      : this.auth.post('/internal/email-verifications/redeem', { reference }, verificationSchema);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.auth.close();
  }
}
