import type {
  CommissionLocked,
  CommissionReleased,
  CommissionUnlocked,
  EventOf,
  PayoutRequested,
} from '@reseller/contracts';
import type { Category } from '../messages/message.js';
import { greeting, rupees } from './phrases.js';
import type { Wording } from './wording.js';

type CommissionEvent = EventOf<typeof CommissionLocked | typeof CommissionUnlocked | typeof CommissionReleased>;
/** Every PAYOUT_* event says the same of the payout. */
type PayoutFact = EventOf<typeof PayoutRequested>['data'];

interface EarningsWords {
  readonly template: string;
  readonly subject: string;
  readonly sentence: string;
}

const mail = (category: Category, words: EarningsWords, facts: [string, string][]): Wording => ({
  template: words.template,
  category,
  email: { subject: words.subject, paragraphs: [greeting(null), words.sentence], facts, action: null },
});

const COMMISSION_WORDS = {
  COMMISSION_LOCKED: (amount: string, order: string): EarningsWords => ({
    template: 'commission-earned',
    subject: `You have earned ${amount}`,
    sentence: `order ${order} was paid. Your commission becomes available after delivery.`,
  }),
  COMMISSION_UNLOCKED: (amount: string, order: string): EarningsWords => ({
    template: 'commission-available',
    subject: `${amount} are available`,
    sentence: `your commission for order ${order} is available. You can ask for a payout.`,
  }),
  COMMISSION_RELEASED: (amount: string, order: string): EarningsWords => ({
    template: 'commission-taken-back',
    subject: `${amount} of commission taken back`,
    sentence: `order ${order} was cancelled or refunded, so its commission, or a part of it, was taken back.`,
  }),
} as const;

export function commissionMoved({ type, data }: CommissionEvent): Wording {
  const amount = rupees(data.amountPaise);
  return mail('COMMISSION', COMMISSION_WORDS[type](amount, data.orderNumber), [
    ['Order', data.orderNumber],
    ['Commission', amount],
  ]);
}

const PAYOUT_WORDS = {
  PAYOUT_REQUESTED: { template: 'payout-requested', verb: 'requested', sentence: 'we have your request for a payout.' },
  PAYOUT_APPROVED: { template: 'payout-approved', verb: 'approved', sentence: 'your payout is approved.' },
  PAYOUT_REJECTED: {
    template: 'payout-rejected',
    verb: 'refused',
    sentence: 'your payout was refused. The amount is available again.',
  },
  PAYOUT_COMPLETED: {
    template: 'payout-completed',
    verb: 'paid out',
    sentence: 'your payout has left for your account.',
  },
  PAYOUT_FAILED: {
    template: 'payout-failed',
    verb: 'failed',
    sentence: 'the transfer failed. The amount is available again.',
  },
  PAYOUT_REVERSED: {
    template: 'payout-reversed',
    verb: 'came back',
    sentence: 'the transfer came back from your bank. The amount is available again.',
  },
} as const;
type PayoutType = keyof typeof PAYOUT_WORDS;

/** Where money has moved or not, a seller is told at once. */
const URGENT: readonly PayoutType[] = ['PAYOUT_COMPLETED', 'PAYOUT_FAILED', 'PAYOUT_REVERSED'];

export function payoutMoved({ type, data }: { readonly type: PayoutType; readonly data: PayoutFact }): Wording {
  const { template, verb, sentence } = PAYOUT_WORDS[type];
  const amount = rupees(data.amountPaise);
  const wording = mail('PAYOUT', { template, subject: `Payout of ${amount}: ${verb}`, sentence }, [
    ['Amount', amount],
    ...(data.notes === null ? [] : [['Note', data.notes] satisfies [string, string]]),
  ]);
  if (!URGENT.includes(type)) return wording;
  return { ...wording, brief: { text: `Payout of ${amount}: ${verb}.`, parameters: [amount] } };
}
