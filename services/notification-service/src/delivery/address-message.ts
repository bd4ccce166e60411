import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { DomainError } from '@reseller/runtime';
import { Contacts } from '../contacts/contacts.js';
import { CONFIG, showsLinks, type NotificationServiceConfig } from '../notification-service.config.js';
import { WELCOME } from '../templates/account-wording.js';
import { MailedLinks } from './mailed-links.js';
import { Undeliverable, Unreachable } from './message-channel.js';
import { MessageLeases, type LeasedMessage } from './message-leases.js';

export interface AddressedMessage {
  readonly to: string;
  readonly link: string | null;
}

/** Finds what a message lacks before it can go: its link and its address. Both are written down as soon as they are known. */
@Injectable()
export class AddressMessage {
  constructor(
    private readonly database: Database,
    private readonly leases: MessageLeases,
    private readonly links: MailedLinks,
    private readonly contacts: Contacts,
    @Inject(CONFIG) private readonly config: NotificationServiceConfig,
  ) {}

  /** @throws {Undeliverable} {@link Unreachable}; anything else is worth another try. */
  async execute(message: LeasedMessage, willBeSent: boolean): Promise<AddressedMessage> {
    const { linkPurpose, linkReference, link } = message;
    const wantsLink = linkPurpose !== null && linkReference !== null && link === null;
    if (wantsLink && (willBeSent || showsLinks(this.config))) {
      const redeemed = await this.redeem(message, linkPurpose, linkReference);
      if (redeemed !== undefined) return redeemed;
    }
    return { to: message.address ?? (await this.findAddress(message)), link };
  }

  /** The link goes where the account gets its mail now. Undefined: there is none any more, and the mail makes sense without. */
  private async redeem(
    message: LeasedMessage,
    purpose: NonNullable<LeasedMessage['linkPurpose']>,
    reference: string,
  ): Promise<AddressedMessage | undefined> {
    try {
      const { email, url } = await this.links.redeem(purpose, reference);
      await this.leases.keepLink(message, url, email);
      return { to: email, link: url };
    } catch (error) {
      if (!(error instanceof DomainError) || (error.kind !== 'gone' && error.kind !== 'not-found')) throw error;
      if (message.template === WELCOME) return undefined;
      throw new Undeliverable(`the link cannot be had any more (${error.code}); another one has to be asked for`);
    }
  }

  private async findAddress(message: LeasedMessage): Promise<string> {
    if (message.userId === null) throw new Undeliverable('nobody knows where to send this');
    const contact = await this.contacts.find(this.database, message.userId);
    if (contact === undefined) throw new Undeliverable('there is no such account');
    const address = message.channel === 'EMAIL' ? contact.email : contact.phone;
    if (address === null) throw new Unreachable('the account has no phone number');
    await this.leases.keepAddress(message, address);
    return address;
  }
}
