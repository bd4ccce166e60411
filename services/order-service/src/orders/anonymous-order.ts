import type { Order, ShippingAddress } from './order-state.js';
import type { OrderStatus } from './order-status.js';

/** Nobody has to reach the buyer any more: goods that still come back are the shop's matter, money goes back by itself. */
const FINISHED: readonly OrderStatus[] = ['DELIVERED', 'CANCELLED', 'RETURNED'];

const REMOVED = '(removed)';

type Ending = Pick<Order, 'status' | 'paidAt' | 'refundedPaise' | 'totalPaise'>;

/** What was paid for it went back before it was shipped: it is never shipped then, though nobody has cancelled it. */
const isRefundedUnshipped = ({ status, paidAt, refundedPaise, totalPaise }: Ending): boolean =>
  status !== 'SHIPPED' && paidAt !== null && refundedPaise > 0n && refundedPaise >= totalPaise;

/** Whether an order is to show nothing of the person who placed it. */
export const isAnonymous = (order: Ending & Pick<Order, 'buyerForgottenAt'>): boolean =>
  order.buyerForgottenAt !== null && (FINISHED.includes(order.status) || isRefundedUnshipped(order));

/** Where goods went decides their tax, so city, state and pincode stay; a line of text may say anything. */
function addressWithout(address: ShippingAddress): ShippingAddress {
  if (typeof address === 'string') return REMOVED;
  const { city, state, pincode, country } = address;
  return { line1: REMOVED, city, state, pincode, ...(country === undefined ? {} : { country }) };
}

/** The order without the person: amounts, tax, goods and the way of the parcel stay, and the id of the deleted customer. */
export function withoutBuyer(order: Order): Order {
  return {
    ...order,
    userId: null,
    buyerName: null,
    buyerEmail: null,
    buyerPhone: null,
    shippingAddress: addressWithout(order.shippingAddress),
    notes: null,
    cancelReason: order.cancelledBy === 'CUSTOMER' ? null : order.cancelReason,
  };
}
