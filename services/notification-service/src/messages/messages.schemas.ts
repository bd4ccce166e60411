import { z } from 'zod';
import { boundedPageOf, isoInstant, pageQuery, shortText, upperEnum, uuid } from '@reseller/http';
import { renderText } from '../delivery/render-email.js';
import { emailContentSchema, smsContentSchema } from '../templates/wording.js';
import { CATEGORIES, CHANNELS, MESSAGE_STATES } from './message.js';
import type { MessageFilter, MessageRecord } from './message.queries.js';

export const messageListQuery = z.strictObject({
  ...pageQuery(['createdAt']),
  /** Whose; one's own unless an administrator names somebody. */
  userId: uuid().optional(),
  channel: upperEnum(CHANNELS).optional(),
  category: upperEnum(CATEGORIES).optional(),
  state: upperEnum(MESSAGE_STATES).optional(),
  /** The event's type, such as ORDER_PAID. */
  type: shortText(60).toUpperCase().optional(),
  orderId: uuid().optional(),
  from: isoInstant().optional(),
  to: isoInstant().optional(),
});
export type MessageListQuery = z.infer<typeof messageListQuery>;

/** What is asked for, without how it is paged. */
export const toMessageFilter = (query: MessageListQuery): MessageFilter => ({
  userId: query.userId,
  channel: query.channel,
  category: query.category,
  state: query.state,
  type: query.type,
  orderId: query.orderId,
  from: query.from,
  to: query.to,
});

export const messageView = z
  .object({
    id: uuid(),
    /** The event that it tells of. */
    type: z.string(),
    category: z.enum(CATEGORIES),
    channel: z.enum(CHANNELS),
    /** Null while the address is not known yet. */
    recipient: z.string().nullable(),
    subject: z.string().nullable(),
    body: z.string(),
    /** LOCAL: kept here because the channel is not configured; never sent. */
    state: z.enum(MESSAGE_STATES),
    attempts: z.int(),
    lastError: z.string().nullable(),
    userId: uuid().nullable(),
    orderId: uuid().nullable(),
    createdAt: isoInstant(),
    sentAt: isoInstant().nullable(),
  })
  .meta({ id: 'Notification' });
export type MessageView = z.infer<typeof messageView>;
export const messagePage = boundedPageOf(messageView);

const HIDDEN_LINK = '(a link that is in the message only)';

/** A link opens an account: it is shown only where the message went nowhere else, and only if the configuration allows it. */
export function toMessageView(message: MessageRecord, showsLinks: boolean): MessageView {
  const isLinkShown = showsLinks && message.state === 'LOCAL';
  return {
    ...wordsOf(message, isLinkShown),
    id: message.id,
    type: message.eventType,
    category: z.enum(CATEGORIES).parse(message.category),
    channel: z.enum(CHANNELS).parse(message.channel),
    recipient: message.address,
    state: z.enum(MESSAGE_STATES).parse(message.state),
    attempts: message.attempts,
    lastError: message.lastError,
    userId: message.userId,
    orderId: message.orderId,
    createdAt: message.createdAt.toISOString(),
    sentAt: message.sentAt?.toISOString() ?? null,
  };
}

function wordsOf(message: MessageRecord, isLinkShown: boolean): Pick<MessageView, 'subject' | 'body'> {
  if (message.channel !== 'EMAIL') return { subject: null, body: smsContentSchema.parse(message.content).text };
  const mail = emailContentSchema.parse(message.content);
  return { subject: mail.subject, body: renderText(mail, isLinkShown ? message.link : HIDDEN_LINK) };
}
