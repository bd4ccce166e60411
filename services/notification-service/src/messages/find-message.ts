import { Injectable } from '@nestjs/common';
import { administers, type Identity } from '@reseller/http';
import { notFound } from '@reseller/runtime';
import { MessageQueries, type MessageRecord } from './message.queries.js';

/** The one gate to a message: only who it is for and administrators of its business pass. */
@Injectable()
export class FindMessage {
  constructor(private readonly messages: MessageQueries) {}

  /** @throws 404 NOTIFICATION_NOT_FOUND, also for what belongs to somebody else. */
  async execute(id: string, caller: Identity): Promise<MessageRecord> {
    const found = await this.messages.find(id);
    if (found === undefined || !maySee(caller, found)) {
      throw notFound('NOTIFICATION_NOT_FOUND', 'There is no such notification.');
    }
    return found;
  }
}

function maySee(caller: Identity, message: MessageRecord): boolean {
  return (caller.userId !== null && caller.userId === message.userId) || administers(caller, message.businessId);
}
