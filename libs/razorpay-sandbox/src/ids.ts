import { randomInt } from 'node:crypto';

const ALPHANUMERICS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 14;

export type IdPrefix = 'order_' | 'pay_' | 'rfnd_' | 'card_' | 'acc_';

/** Fourteen random alphanumerics, the part of an id that follows its prefix (an event id is this part alone). */
export function randomPart(): string {
  return Array.from({ length: RANDOM_LENGTH }, () => ALPHANUMERICS.charAt(randomInt(ALPHANUMERICS.length))).join('');
}

export function newId(prefix: IdPrefix): string {
  return `${prefix}${randomPart()}`;
}

/** Whether the text has the shape of an id of that kind, such as `order_DESoU0U4ikYA19`. */
export function isId(prefix: IdPrefix, text: string): boolean {
  return text.startsWith(prefix) && /^[0-9A-Za-z]{14}$/.test(text.slice(prefix.length));
}
