import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import type { Channel, LinkPurpose } from '../messages/message.js';

/*
 * Sending happens outside any transaction, so a worker takes messages by lease: for its time nobody else takes them, and
 * when it dies they become due again by themselves. Every later change names the lease; a worker that was frozen past its
 * lease finds that it is not its message any more. What was sent in between may be sent twice, with the same key.
 */

export interface LeasedMessage {
  readonly id: string;
  readonly leaseId: string;
  readonly eventId: string;
  readonly template: string;
  readonly channel: Channel;
  readonly recipient: string;
  readonly userId: string | null;
  readonly address: string | null;
  readonly content: unknown;
  readonly linkPurpose: LinkPurpose | null;
  readonly linkReference: string | null;
  readonly link: string | null;
  /** This one included. */
  readonly attempts: number;
}

export type Outcome =
  | { readonly state: 'SENT'; readonly providerMessageId: string | null }
  | { readonly state: 'LOCAL' }
  | { readonly state: 'RETRYING'; readonly error: string; readonly delayMs: number }
  | { readonly state: 'FAILED' | 'SUPPRESSED'; readonly error: string };

const LEASE = `
update messages set lease_id = $3, attempts = attempts + 1, available_at = now() + $4 * interval '1 millisecond'
where id = any (array(
  select id from messages where channel = $1 and state in ('PENDING', 'RETRYING') and available_at <= now()
  order by available_at limit $2 for update skip locked
))
returning id, lease_id as "leaseId", event_id as "eventId", template, channel, recipient, user_id as "userId", address,
  content, link_purpose as "linkPurpose", link_reference as "linkReference", link, attempts`;

// A link that has been sent opens an account: it is not kept.
const SETTLE = `
update messages set state = $3, last_error = $4, available_at = now() + $5 * interval '1 millisecond', lease_id = null,
  provider_message_id = $6, sent_at = case when $3 = 'SENT' then now() end,
  link = case when $3 = 'SENT' then null else link end
where id = $1 and lease_id = $2`;

const KEEP_LINK = `
update messages set link = $3, address = $4 where id = $1 and lease_id = $2`;

@Injectable()
export class MessageLeases {
  constructor(private readonly database: Database) {}

  take(channel: Channel, count: number, leaseMs: number): Promise<LeasedMessage[]> {
    return this.database.query<LeasedMessage>(LEASE, [channel, count, newId(), leaseMs]);
  }

  /** Written before it is used: the reference gives the link out only once. */
  async keepLink(message: LeasedMessage, link: string, address: string): Promise<void> {
    await this.database.query(KEEP_LINK, [message.id, message.leaseId, link, address]);
  }

  async keepAddress(message: LeasedMessage, address: string): Promise<void> {
    await this.database.query('update messages set address = $3 where id = $1 and lease_id = $2', [
      message.id,
      message.leaseId,
      address,
    ]);
  }

  async settle(message: LeasedMessage, outcome: Outcome): Promise<void> {
    await this.database.query(SETTLE, [
      message.id,
      message.leaseId,
      outcome.state,
      'error' in outcome ? outcome.error : null,
      'delayMs' in outcome ? outcome.delayMs : 0,
      'providerMessageId' in outcome ? outcome.providerMessageId : null,
    ]);
  }
}
