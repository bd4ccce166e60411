import {
  eventOf,
  OrderCreated,
  OrderJoinedAccount,
  OrderPaid,
  PaymentRefunded,
  type OrderSnapshot,
} from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { orderSnapshot, type OrderSnapshotFields } from '@reseller/testing';

export const PAID_AT = new Date('2026-01-15T10:17:36.000Z');

/** 000's order of ₹2,407.64, unless the test says otherwise. */
export const orderOf = (buyer: Partial<OrderSnapshot['buyer']>, over: OrderSnapshotFields = {}): OrderSnapshot =>
  orderSnapshot({
    buyer: { name: 'Rahul Sharma', email: 'rahul@example.com', ...buyer },
    pricesIncludeTax: false,
    subtotalPaise: 199_800,
    taxPaise: 35_964,
    shippingPaise: 5_000,
    totalPaise: 240_764,
    commissionPaise: 0,
    createdAt: '2026-01-15T10:05:00.000Z',
    ...over,
  });

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
