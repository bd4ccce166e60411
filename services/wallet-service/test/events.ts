import {
  DEFAULT_BUSINESS_ID,
  eventOf,
  OrderCancelled,
  OrderDelivered,
  PaymentRefunded,
  PaymentSuccess,
  UserRegistered,
  UserUpdated,
  type DomainEvent,
  type OrderSnapshot,
  type Role,
} from '@reseller/contracts';
import { newId } from '@reseller/runtime';

/** 001's order: two at ₹1500, commission ₹300. Unless the test says otherwise. */
export function orderOf(sellerId: string | null, over: Partial<OrderSnapshot> = {}): OrderSnapshot {
  const orderId = over.orderId ?? newId();
  return {
    orderId,
    orderNumber: `ORD-2026-${orderId.slice(-6)}`,
    businessId: DEFAULT_BUSINESS_ID,
    buyer: { userId: newId(), customerId: null, name: 'Asha', email: 'asha@example.com', phone: null },
    sellerId,
    shareLinkId: null,
    paymentMethod: 'RAZORPAY',
    currency: 'INR',
    pricesIncludeTax: true,
    subtotalPaise: over.totalPaise ?? 300_000,
    discountPaise: 0,
    taxPaise: 0,
    shippingPaise: 0,
    totalPaise: 300_000,
    commissionPaise: 30_000,
    items: [],
    createdAt: '2026-01-01T00:00:00.000Z',
    ...over,
  };
}

const at = new Date('2026-01-02T00:00:00.000Z');

const about = (order: OrderSnapshot) => ({
  aggregateId: order.orderId,
  aggregateVersion: 1,
  businessId: order.businessId,
  occurredAt: at,
});

const paymentOf = (order: OrderSnapshot) => ({
  paymentId: newId(),
  provider: 'RAZORPAY' as const,
  method: 'UPI',
  gatewayOrderId: null,
  gatewayPaymentId: null,
  amountPaise: order.totalPaise,
});

export const paymentSuccess = (order: OrderSnapshot): DomainEvent =>
  eventOf(PaymentSuccess, {
    ...about(order),
    data: { ...order, payment: paymentOf(order), capturedAt: at.toISOString() },
  });

export const orderDelivered = (order: OrderSnapshot, deliveredAt = at): DomainEvent =>
  eventOf(OrderDelivered, { ...about(order), data: { ...order, deliveredAt: deliveredAt.toISOString() } });

export const orderCancelled = (order: OrderSnapshot): DomainEvent =>
  eventOf(OrderCancelled, {
    ...about(order),
    data: {
      ...order,
      cancelledAt: at.toISOString(),
      reason: 'changed my mind',
      cancelledBy: 'CUSTOMER',
      wasSold: true,
    },
  });

export const paymentRefunded = (
  order: OrderSnapshot,
  refundedTotalPaise: number,
  over: { refundPaise?: number; settlesOrder?: boolean } = {},
): DomainEvent =>
  eventOf(PaymentRefunded, {
    ...about(order),
    data: {
      ...order,
      payment: paymentOf(order),
      refundId: newId(),
      refundNumber: 'REF-2026-000001',
      refundPaise: over.refundPaise ?? refundedTotalPaise,
      refundedTotalPaise,
      settlesOrder: over.settlesOrder ?? true,
      cause: 'return',
      processedAt: at.toISOString(),
    },
  });

const userOf = (userId: string, roles: Role[], businessId: string | null) => ({
  userId,
  email: 'person@example.com',
  emailVerified: true,
  firstName: null,
  lastName: null,
  phone: null,
  roles,
  isActive: true,
  businessId,
});

export const userRegistered = (userId: string, roles: Role[], businessId: string | null = null): DomainEvent =>
  eventOf(UserRegistered, {
    aggregateId: userId,
    aggregateVersion: 1,
    occurredAt: at,
    data: { ...userOf(userId, roles, businessId), emailVerificationReference: null },
  });

export const userUpdated = (
  userId: string,
  roles: Role[],
  over: { version: number; businessId?: string; isActive?: boolean },
): DomainEvent =>
  eventOf(UserUpdated, {
    aggregateId: userId,
    aggregateVersion: over.version,
    occurredAt: at,
    data: { ...userOf(userId, roles, over.businessId ?? null), isActive: over.isActive ?? true },
  });
