import type { EventOf, PaymentFailed, PaymentRefunded, PaymentRefundFailed } from '@reseller/contracts';
import { greeting, rupees } from './phrases.js';
import type { Wording } from './wording.js';

export const paymentFailed = ({ data }: EventOf<typeof PaymentFailed>): Wording => ({
  template: 'payment-failed',
  category: 'PAYMENT',
  email: {
    subject: `The payment for order ${data.orderNumber} did not go through`,
    paragraphs: [
      greeting(data.buyer.name),
      'the payment did not go through. Your order is still there: please try again, with another method if you like.',
    ],
    facts: [
      ['Order', data.orderNumber],
      ['To pay', rupees(data.totalPaise)],
      ...(data.reason === '' ? [] : [['Reason', data.reason] satisfies [string, string]]),
    ],
    action: null,
  },
});

export function paymentRefunded({ data }: EventOf<typeof PaymentRefunded>): Wording {
  const amount = rupees(data.refundPaise);
  return {
    template: 'payment-refunded',
    category: 'PAYMENT',
    email: {
      subject: `${amount} refunded for order ${data.orderNumber}`,
      paragraphs: [
        greeting(data.buyer.name),
        data.settlesOrder
          ? `we have refunded ${amount}. Your bank may need some days to show it.`
          : `a payment of yours arrived that the order did not need any more, so we have refunded ${amount}. Your bank may need some days to show it.`,
      ],
      facts: [
        ['Order', data.orderNumber],
        ['Refund', data.refundNumber],
        ['Amount', amount],
        ...(data.settlesOrder ? [['Refunded in all', rupees(data.refundedTotalPaise)] satisfies [string, string]] : []),
      ],
      action: null,
    },
    brief: {
      text: `We have refunded ${amount} for order ${data.orderNumber} (${data.refundNumber}).`,
      parameters: [data.orderNumber, amount, data.refundNumber],
    },
  };
}

/** To the customer: why the bank refused is the shop's matter. */
export const refundDelayed = ({ data }: EventOf<typeof PaymentRefundFailed>): Wording => ({
  template: 'refund-delayed',
  category: 'PAYMENT',
  email: {
    subject: `Your refund for order ${data.orderNumber} takes longer`,
    paragraphs: [
      greeting(data.buyer.name),
      `your bank did not take our refund of ${rupees(data.owedPaise)}. We still owe it to you and will get in touch about another way.`,
    ],
    facts: [
      ['Order', data.orderNumber],
      ['Refund', data.refundNumber],
    ],
    action: null,
  },
});

/** The one message about an order's money that is not to its buyer. */
export const REFUND_FAILED = 'refund-failed';

/** To administrators: somebody must act. */
export const refundFailed = ({ data }: EventOf<typeof PaymentRefundFailed>): Wording => ({
  template: REFUND_FAILED,
  category: 'PAYMENT',
  email: {
    subject: `Refund ${data.refundNumber} failed: ${rupees(data.owedPaise)} are owed`,
    paragraphs: [
      greeting(null),
      data.wasProcessed
        ? 'a refund that was processed came back, although the customer was told of it. It must reach them by other means.'
        : 'a refund was finally refused and must reach the customer by other means.',
    ],
    facts: [
      ['Order', data.orderNumber],
      ['Refund', data.refundNumber],
      ['Owed', rupees(data.owedPaise)],
      ['Reason', data.reason],
    ],
    action: null,
  },
});
