import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import {
  EmailVerificationRequested,
  EmailVerified,
  PasswordResetRequested,
  UserRegistered,
  UserUpdated,
  type EventOf,
} from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { KeepContact } from '../contacts/keep-contact.js';
import { emailVerified, resetPassword, verifyEmail, welcome } from '../templates/account-wording.js';
import { BATCHED } from './batched.js';
import { QueueMessages } from './queue-messages.js';

/** What happens to accounts. A changed account is copied and not talked about. */
@Controller()
export class AccountConsumer {
  constructor(
    private readonly keepContact: KeepContact,
    private readonly queueMessages: QueueMessages,
  ) {}

  @OnEvent(UserRegistered, BATCHED)
  async onUserRegistered(@Payload() event: EventOf<typeof UserRegistered>, @Ctx() { tx }: EventContext): Promise<void> {
    const { userId, email, emailVerificationReference: reference } = event.data;
    await this.keepContact.execute(tx, event.data, event.aggregateVersion);
    const link = reference === null ? {} : { link: { purpose: 'EMAIL_VERIFICATION', reference } as const };
    this.queueMessages.execute(tx, event, [{ to: { userId, email }, wording: welcome(event), ...link }]);
  }

  @OnEvent(UserUpdated, BATCHED)
  async onUserUpdated(@Payload() event: EventOf<typeof UserUpdated>, @Ctx() { tx }: EventContext): Promise<void> {
    await this.keepContact.execute(tx, event.data, event.aggregateVersion);
  }

  @OnEvent(EmailVerified, BATCHED)
  onEmailVerified(@Payload() event: EventOf<typeof EmailVerified>, @Ctx() { tx }: EventContext): void {
    const { userId, email } = event.data;
    this.queueMessages.execute(tx, event, [{ to: { userId, email }, wording: emailVerified(event) }]);
  }

  @OnEvent(EmailVerificationRequested, BATCHED)
  onEmailVerificationRequested(
    @Payload() event: EventOf<typeof EmailVerificationRequested>,
    @Ctx() { tx }: EventContext,
  ): void {
    const { userId, email, reference } = event.data;
    const link = { purpose: 'EMAIL_VERIFICATION', reference } as const;
    this.queueMessages.execute(tx, event, [{ to: { userId, email }, wording: verifyEmail(), link }]);
  }

  @OnEvent(PasswordResetRequested, BATCHED)
  onPasswordResetRequested(
    @Payload() event: EventOf<typeof PasswordResetRequested>,
    @Ctx() { tx }: EventContext,
  ): void {
    const { userId, email, reference } = event.data;
    const link = { purpose: 'PASSWORD_RESET', reference } as const;
    this.queueMessages.execute(tx, event, [{ to: { userId, email }, wording: resetPassword(), link }]);
  }
}
