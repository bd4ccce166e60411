/** What is told, as closed sets. The table's checks say the same. */
export const CHANNELS = ['EMAIL', 'SMS', 'WHATSAPP'] as const;
export type Channel = (typeof CHANNELS)[number];

export const CATEGORIES = ['ORDER', 'PAYMENT', 'COMMISSION', 'PAYOUT', 'ACCOUNT', 'STOCK'] as const;
export type Category = (typeof CATEGORIES)[number];

/**
 * PENDING and RETRYING are due some time; LOCAL is kept and shown because its channel is not configured, and was never
 * sent; SUPPRESSED is not wanted by the person, or cannot reach them on this channel.
 */
export const MESSAGE_STATES = ['PENDING', 'RETRYING', 'SENT', 'FAILED', 'LOCAL', 'SUPPRESSED'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** Nothing is done any more from these by itself. */
export const FINAL_STATES: readonly MessageState[] = ['SENT', 'FAILED', 'LOCAL', 'SUPPRESSED'];

/** From where an administrator may have a message tried again. */
export const REVIVABLE_STATES: readonly MessageState[] = ['FAILED', 'LOCAL'];

const LINK_PURPOSES = ['PASSWORD_RESET', 'EMAIL_VERIFICATION'] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** Mails about the account itself are a matter of its safety. */
export const mayBeSwitchedOff = (channel: Channel, category: Category): boolean =>
  channel !== 'EMAIL' || category !== 'ACCOUNT';
