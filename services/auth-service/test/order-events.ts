import {
  DEFAULT_BUSINESS_ID,
  eventOf,
  OrderCreated,
  OrderJoinedAccount,
  OrderPaid,
  PaymentRefunded,
  type OrderSnapshot,
} from '@reseller/contracts';
import { newId } from '@reseller/runtime';

export const PAID_AT = new Date('2026-01-15T10:17:36.000Z');

/** 000's order of ₹2,407.64, unless the test says otherwise. */
export function orderOf(buyer: Partial<OrderSnapshot['buyer']>, over: Partial<OrderSnapshot> = {}): OrderSnapshot {
  const orderId = over.orderId ?? newId();
  return {
    orderId,
    orderNumber: `ORD-2026-${orderId.slice(-6)}`,
    businessId: DEFAULT_BUSINESS_ID,
    buyer: { userId: null, customerId: null, name: 'Rahul Sharma', email: 'rahul@example.com', phone: null, ...buyer },
    sellerId: null,
    shareLinkId: null,
    paymentMethod: 'RAZORPAY',
    currency: 'INR',
    pricesIncludeTax: false,
    subtotalPaise: 199_800,
    discountPaise: 0,
    taxPaise: 35_964,
    shippingPaise: 5_000,
    totalPaise: 240_764,
    commissionPaise: 0,
    items: [],
    createdAt: '2026-01-15T10:05:00.000Z',
    ...over,
  };
}

const about = (order: OrderSnapshot) => ({
  aggregateId: order.orderId,
  aggregateVersion: 1,
  businessId: order.businessId,
  occurredAt: PAID_AT,
});

export const orderCreated = (order: OrderSnapshot) =>
  eventOf(OrderCreated, { ...about(order), data: { ...order, paymentExpiresAt: null } });

export const orderJoined = (order: OrderSnapshot, userId: string) =>
  eventOf(OrderJoinedAccount, { ...about(order), data: { ...order, buyer: { ...order.buyer, userId }, userId } });

export const orderPaid = (order: OrderSnapshot, paidAt = PAID_AT) =>
  eventOf(OrderPaid, { ...about(order), data: { ...order, paymentId: newId(), paidAt: paidAt.toISOString() } });

export const paymentRefunded = (order: OrderSnapshot, refundedTotalPaise: number, settlesOrder = true) =>
  eventOf(PaymentRefunded, {
    ...about(order),
    data: {
      ...order,
      payment: {
        paymentId: newId(),
        provider: 'RAZORPAY',
        method: 'UPI',
        gatewayOrderId: null,
        gatewayPaymentId: null,
        amountPaise: order.totalPaise,
      },
      refundId: newId(),
      refundNumber: 'REF-2026-000001',
      refundPaise: refundedTotalPaise,
      refundedTotalPaise,
      settlesOrder,
      cause: 'ADMIN',
      processedAt: PAID_AT.toISOString(),
    },
  });
