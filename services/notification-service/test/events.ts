import {
  CommissionLocked,
  DEFAULT_BUSINESS_ID,
  EmailVerificationRequested,
  EmailVerified,
  eventOf,
  OrderAnonymised,
  OrderCreated,
  OrderPaid,
  OrderShipped,
  PasswordResetRequested,
  PaymentRefunded,
  PaymentRefundFailed,
  PayoutCompleted,
  StockLow,
  UserRegistered,
  UserUpdated,
  type DomainEvent,
  type OrderSnapshot,
  type Role,
} from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { orderSnapshot, type OrderSnapshotFields } from '@reseller/testing';

const at = new Date('2026-01-02T00:00:00.000Z');

interface UserFields {
  readonly email?: string;
  readonly firstName?: string | null;
  readonly phone?: string | null;
  readonly roles?: Role[];
  readonly businessId?: string | null;
}

const userOf = (userId: string, over: UserFields) => ({
  userId,
  email: over.email ?? `${userId}@example.com`,
  emailVerified: false,
  firstName: over.firstName ?? null,
  lastName: null,
  phone: over.phone ?? null,
  roles: over.roles ?? ['CUSTOMER' as const],
  isActive: true,
  businessId: over.businessId ?? null,
});

const aboutUser = (userId: string, version = 1) => ({
  aggregateId: userId,
  aggregateVersion: version,
  occurredAt: at,
});

export const userRegistered = (userId: string, over: UserFields = {}, reference: string | null = null): DomainEvent =>
  eventOf(UserRegistered, {
    ...aboutUser(userId),
    data: { ...userOf(userId, over), emailVerificationReference: reference },
  });

export const userUpdated = (userId: string, version: number, over: UserFields = {}): DomainEvent =>
  eventOf(UserUpdated, { ...aboutUser(userId, version), data: userOf(userId, over) });

export const emailVerified = (userId: string): DomainEvent =>
  eventOf(EmailVerified, { ...aboutUser(userId, 2), data: { userId, email: `${userId}@example.com` } });

const linkData = (userId: string, reference: string) => ({
  userId,
  email: `${userId}@example.com`,
  reference,
  expiresAt: '2026-01-02T01:00:00.000Z',
});

export const passwordResetRequested = (userId: string, reference: string = newId()): DomainEvent =>
  eventOf(PasswordResetRequested, { ...aboutUser(userId), data: linkData(userId, reference) });

export const emailVerificationRequested = (userId: string, reference: string = newId()): DomainEvent =>
  eventOf(EmailVerificationRequested, { ...aboutUser(userId), data: linkData(userId, reference) });

export const orderOf = (buyer: Partial<OrderSnapshot['buyer']>, over: OrderSnapshotFields = {}): OrderSnapshot =>
  orderSnapshot({ buyer, ...over });

const aboutOrder = (order: OrderSnapshot) => ({
  aggregateId: order.orderId,
  aggregateVersion: 1,
  businessId: order.businessId,
  occurredAt: at,
});

export const orderCreated = (order: OrderSnapshot): DomainEvent =>
  eventOf(OrderCreated, { ...aboutOrder(order), data: { ...order, paymentExpiresAt: null } });

export const orderAnonymised = (order: OrderSnapshot): DomainEvent => {
  const buyer = { ...order.buyer, userId: null, name: null, email: null, phone: null };
  return eventOf(OrderAnonymised, { ...aboutOrder(order), data: { ...order, buyer } });
};

export const orderPaid = (order: OrderSnapshot): DomainEvent =>
  eventOf(OrderPaid, { ...aboutOrder(order), data: { ...order, paymentId: newId(), paidAt: at.toISOString() } });

export const orderShipped = (order: OrderSnapshot, trackingUrl: string | null = null): DomainEvent =>
  eventOf(OrderShipped, {
    ...aboutOrder(order),
    data: { ...order, shippedAt: at.toISOString(), carrier: 'Post', trackingNumber: null, trackingUrl },
  });

const paymentOf = (order: OrderSnapshot) => ({
  paymentId: newId(),
  provider: 'RAZORPAY' as const,
  method: 'UPI',
  gatewayOrderId: null,
  gatewayPaymentId: null,
  amountPaise: order.totalPaise,
});

export const refundFailed = (order: OrderSnapshot, wasProcessed = false): DomainEvent =>
  eventOf(PaymentRefundFailed, {
    ...aboutOrder(order),
    data: {
      ...order,
      payment: paymentOf(order),
      refundId: newId(),
      refundNumber: 'REF-2026-000001',
      owedPaise: order.totalPaise,
      reason: 'the account is closed',
      wasProcessed,
    },
  });

export const commissionLocked = (sellerId: string, amountPaise = 30_000, orderId = newId()): DomainEvent =>
  eventOf(CommissionLocked, {
    aggregateId: newId(),
    aggregateVersion: 1,
    occurredAt: at,
    data: { sellerId, orderId, orderNumber: 'ORD-2026-000001', amountPaise },
  });

export const paymentRefunded = (order: OrderSnapshot, refundPaise: number): DomainEvent =>
  eventOf(PaymentRefunded, {
    ...aboutOrder(order),
    data: {
      ...order,
      payment: paymentOf(order),
      refundId: newId(),
      refundNumber: 'REF-2026-000002',
      refundPaise,
      refundedTotalPaise: refundPaise,
      settlesOrder: true,
      cause: 'damaged',
      processedAt: at.toISOString(),
    },
  });

export const payoutCompleted = (sellerId: string, amountPaise = 123_450): DomainEvent =>
  eventOf(PayoutCompleted, {
    aggregateId: newId(),
    aggregateVersion: 3,
    occurredAt: at,
    data: { payoutId: newId(), sellerId, amountPaise, status: 'COMPLETED', notes: null },
  });

export const stockLow = (businessId = DEFAULT_BUSINESS_ID): DomainEvent =>
  eventOf(StockLow, {
    businessId,
    aggregateId: newId(),
    aggregateVersion: 7,
    occurredAt: at,
    data: { productId: newId(), variantId: newId(), sku: 'RED-L', name: 'Shirt', available: 2, threshold: 5 },
  });
