import { Inject, Injectable } from '@nestjs/common';
import type { DomainEvent } from '@reseller/contracts';
import { WrittenTogether, type SqlTx } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { ConfiguredChannels } from '../delivery/configured-channels.js';
import { CONFIG, showsLinks, type NotificationServiceConfig } from '../notification-service.config.js';
import { whatsappContentOf, type Wording } from '../templates/wording.js';
import { IS_TO_NOBODY } from './forget-order-buyer.js';
import { CHANNELS, type Channel, type LinkPurpose } from './message.js';

/** Who is told. Addresses that the event names win over those that are known of the user. */
export interface Recipient {
  readonly userId: string | null;
  readonly email?: string | null;
  readonly phone?: string | null;
}

export interface Draft {
  readonly to: Recipient;
  readonly wording: Wording;
  readonly orderId?: string;
  readonly link?: { readonly purpose: LinkPurpose; readonly reference: string };
}

interface Row {
  readonly id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly business_id: string;
  readonly recipient: string;
  readonly user_id: string | null;
  readonly address: string | null;
  readonly order_id: string | null;
  readonly channel: Channel;
  readonly template: string;
  readonly category: string;
  readonly content: unknown;
  readonly link_purpose: LinkPurpose | null;
  readonly link_reference: string | null;
  readonly state: 'PENDING' | 'LOCAL';
}

// One statement for all messages of a batch of events. The unique key makes a second handling of the event, also one long
// after the inbox has forgotten it, a second look at the same rows. Nobody gets a row for
// a phone they are known not to have; who is not known yet is looked up when it is sent.
const QUEUE = `
insert into messages (id, event_id, event_type, business_id, recipient, user_id, address, order_id, channel, template,
  category, content, link_purpose, link_reference, state)
select draft.id, draft.event_id, draft.event_type, draft.business_id, draft.recipient, draft.user_id,
  coalesce(draft.address, case draft.channel when 'EMAIL' then contacts.email else contacts.phone end),
  draft.order_id, draft.channel, draft.template, draft.category, draft.content, draft.link_purpose, draft.link_reference,
  case when preferences.enabled = false then 'SUPPRESSED' else draft.state end
from jsonb_to_recordset($1::jsonb) as draft(id uuid, event_id uuid, event_type text, business_id uuid, recipient text, user_id uuid, address text, order_id uuid,
  channel text, template text, category text, content jsonb, link_purpose text, link_reference text, state text)
left join contacts on contacts.user_id = draft.user_id
left join preferences on preferences.user_id = draft.user_id
  and preferences.channel = draft.channel and preferences.category = draft.category
where not ${IS_TO_NOBODY}
  and (draft.channel = 'EMAIL' or draft.address is not null or contacts.phone is not null
    or (contacts.user_id is null and draft.state = 'PENDING'))
on conflict (event_id, recipient, channel, template) do nothing`;

/** Writes down what an event has people told. Sending is the delivery's matter, outside this transaction. */
@Injectable()
export class QueueMessages {
  private readonly queue = new WrittenTogether<Row>((tx, rows) => tx.query(QUEUE, [JSON.stringify(rows)]));

  constructor(
    private readonly channels: ConfiguredChannels,
    @Inject(CONFIG) private readonly config: NotificationServiceConfig,
  ) {}

  execute(tx: SqlTx, event: DomainEvent, drafts: readonly Draft[]): void {
    const rows = drafts.flatMap((draft) => this.rowsOf(event, draft));
    if (rows.length > 0) this.queue.add(tx, ...rows);
  }

  private rowsOf(event: DomainEvent, draft: Draft): Row[] {
    return CHANNELS.flatMap((channel) => {
      const content = contentOf(channel, draft.wording);
      const address = (channel === 'EMAIL' ? draft.to.email : draft.to.phone) ?? null;
      const recipient = draft.to.userId === null ? address : `user:${draft.to.userId}`;
      if (content === undefined || recipient === null) return [];
      return [
        {
          id: newId(),
          event_id: event.id,
          event_type: event.type,
          business_id: event.businessId,
          recipient,
          user_id: draft.to.userId,
          address,
          order_id: draft.orderId ?? null,
          channel,
          template: draft.wording.template,
          category: draft.wording.category,
          content,
          link_purpose: draft.link?.purpose ?? null,
          link_reference: draft.link?.reference ?? null,
          state: this.firstState(channel, draft),
        },
      ];
    });
  }

  /** Nothing is left to do where the channel is off, unless the link is still to be fetched for somebody to follow. */
  private firstState(channel: Channel, { link }: Draft): Row['state'] {
    if (this.channels.isConfigured(channel)) return 'PENDING';
    return link !== undefined && showsLinks(this.config) ? 'PENDING' : 'LOCAL';
  }
}

function contentOf(channel: Channel, wording: Wording): unknown {
  if (channel === 'EMAIL') return wording.email;
  const { brief } = wording;
  if (brief === undefined) return undefined;
  return channel === 'SMS' ? { text: brief.text } : whatsappContentOf({ ...wording, brief });
}
