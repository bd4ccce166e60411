import { Injectable } from '@nestjs/common';
import type { DomainEvent } from '@reseller/contracts';
import type { SqlTx } from '@reseller/persistence';
import { Contacts } from '../contacts/contacts.js';
import type { Wording } from '../templates/wording.js';
import { QueueMessages } from './queue-messages.js';

/** Tells the administrators of the event's business who are known now. */
@Injectable()
export class TellAdministrators {
  constructor(
    private readonly contacts: Contacts,
    private readonly queueMessages: QueueMessages,
  ) {}

  async execute(tx: SqlTx, event: DomainEvent, wording: Wording, about: { orderId?: string } = {}): Promise<void> {
    const administrators = await this.contacts.administratorsOf(tx, event.businessId);
    const drafts = administrators.map((userId) => ({ to: { userId }, wording, ...about }));
    this.queueMessages.execute(tx, event, drafts);
  }
}
