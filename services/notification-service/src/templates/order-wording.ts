import type {
  EventOf,
  OrderCancelled,
  OrderConfirmed,
  OrderCreated,
  OrderDelivered,
  OrderPaid,
  OrderReturned,
  OrderShipped,
  OrderSnapshot,
} from '@reseller/contracts';
import { greeting, indianTime, rupees } from './phrases.js';
import type { EmailContent, Wording } from './wording.js';

type Facts = EmailContent['facts'];

const lineFacts = (order: OrderSnapshot): Facts =>
  order.items.map((item) => [
    `${item.quantity} × ${item.name}${item.variantName === null ? '' : ` (${item.variantName})`}`,
    rupees(item.totalPaise),
  ]);

const totalFact = (order: OrderSnapshot): Facts => [['Total', rupees(order.totalPaise)]];

const orderMail = (order: OrderSnapshot, subject: string, sentence: string, facts: Facts): EmailContent => ({
  subject,
  paragraphs: [greeting(order.buyer.name), sentence],
  facts: [['Order', order.orderNumber], ...facts],
  action: null,
});

export function orderPlaced({ data }: EventOf<typeof OrderCreated>): Wording {
  const sentence =
    data.paymentExpiresAt === null
      ? 'thank you for your order. Its items are reserved for you.'
      : `thank you for your order. Its items are reserved for you until ${indianTime(data.paymentExpiresAt)}; please pay by then.`;
  return {
    template: 'order-placed',
    category: 'ORDER',
    email: orderMail(data, `Your order ${data.orderNumber}`, sentence, [...lineFacts(data), ...totalFact(data)]),
  };
}

export const orderPaid = ({ data }: EventOf<typeof OrderPaid>): Wording => ({
  template: 'order-paid',
  category: 'ORDER',
  email: orderMail(data, `Payment received for order ${data.orderNumber}`, 'your payment has arrived. Thank you.', [
    ...lineFacts(data),
    ...totalFact(data),
  ]),
  brief: {
    text: `We have received ${rupees(data.totalPaise)} for order ${data.orderNumber}. Thank you.`,
    parameters: [data.orderNumber, rupees(data.totalPaise)],
  },
});

export const orderConfirmed = ({ data }: EventOf<typeof OrderConfirmed>): Wording => ({
  template: 'order-confirmed',
  category: 'ORDER',
  email: orderMail(
    data,
    `Order ${data.orderNumber} is confirmed`,
    `your order is confirmed. Please have ${rupees(data.totalPaise)} ready when it arrives.`,
    [...lineFacts(data), ...totalFact(data)],
  ),
  brief: {
    text: `Order ${data.orderNumber} is confirmed. Please have ${rupees(data.totalPaise)} ready when it arrives.`,
    parameters: [data.orderNumber, rupees(data.totalPaise)],
  },
});

/** Only the web: what an administrator typed as a tracking address ends up behind a button. */
const webAddress = (url: string | null): string | null => (url !== null && /^https?:\/\//i.test(url) ? url : null);

export function orderShipped({ data }: EventOf<typeof OrderShipped>): Wording {
  const trackingUrl = webAddress(data.trackingUrl);
  const carriedBy = data.carrier === null ? '' : ` with ${data.carrier}`;
  const trackingFacts: [string, string][] =
    data.trackingNumber === null ? [] : [['Tracking number', data.trackingNumber]];
  const tracking = data.trackingNumber === null ? '' : ` Tracking number: ${data.trackingNumber}.`;
  return {
    template: 'order-shipped',
    category: 'ORDER',
    email: {
      ...orderMail(
        data,
        `Order ${data.orderNumber} is on its way`,
        `your parcel is on its way${carriedBy}.`,
        trackingFacts,
      ),
      action: trackingUrl === null ? null : { label: 'Track the parcel', url: trackingUrl },
    },
    brief: {
      text: `Order ${data.orderNumber} is on its way${carriedBy}.${tracking}`,
      // WhatsApp refuses an empty parameter.
      parameters: [data.orderNumber, data.carrier ?? '–', data.trackingNumber ?? '–'],
    },
  };
}

export const orderDelivered = ({ data }: EventOf<typeof OrderDelivered>): Wording => ({
  template: 'order-delivered',
  category: 'ORDER',
  email: orderMail(data, `Order ${data.orderNumber} has arrived`, 'your parcel has been delivered.', totalFact(data)),
  brief: { text: `Order ${data.orderNumber} has been delivered.`, parameters: [data.orderNumber] },
});

const CANCELLED_BY = {
  CUSTOMER: 'your order has been cancelled, as you asked.',
  ADMIN: 'we had to cancel your order.',
  SYSTEM: 'your order has been cancelled.',
} as const;

export function orderCancelled({ data }: EventOf<typeof OrderCancelled>): Wording {
  const isRefunded = data.wasSold && data.paymentMethod !== 'COD';
  const refund = isRefunded ? ' What you paid is on its way back to you.' : '';
  return {
    template: 'order-cancelled',
    category: 'ORDER',
    email: orderMail(
      data,
      `Order ${data.orderNumber} is cancelled`,
      `${CANCELLED_BY[data.cancelledBy]}${refund}`,
      data.reason === '' ? [] : [['Reason', data.reason]],
    ),
    brief: { text: `Order ${data.orderNumber} is cancelled.${refund}`, parameters: [data.orderNumber] },
  };
}

export const orderReturned = ({ data }: EventOf<typeof OrderReturned>): Wording => ({
  template: 'order-returned',
  category: 'ORDER',
  email: orderMail(
    data,
    `We have received your return for order ${data.orderNumber}`,
    data.refundPaise === 0
      ? 'your return has arrived.'
      : `your return has arrived. ${rupees(data.refundPaise)} are on their way back to you.`,
    [],
  ),
  brief: {
    text: `Your return for order ${data.orderNumber} has arrived. Refund: ${rupees(data.refundPaise)}.`,
    parameters: [data.orderNumber, rupees(data.refundPaise)],
  },
});
