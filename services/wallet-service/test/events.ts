import {
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
import { orderSnapshot, type OrderSnapshotFields } from '@reseller/testing';

export const orderOf = (sellerId: string | null, over: OrderSnapshotFields = {}): OrderSnapshot =>
  orderSnapshot({ sellerId, ...over });

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
