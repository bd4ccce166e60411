import {
  PaymentFailed,
  PaymentRefunded,
  PaymentRefundFailed,
  PaymentSuccess,
  type DomainEvent,
} from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import type { OrderBody } from '../src/orders/order-view.js';
import { fact, snapshot } from './order-fixture.js';

const paymentOf = (
  order: OrderBody,
  more: { provider?: 'RAZORPAY' | 'OFFLINE' | 'COD'; amountPaise?: number; gatewayPaymentId?: string | null } = {},
) => ({
  paymentId: newId(),
  provider: 'RAZORPAY' as const,
  method: 'UPI',
  gatewayOrderId: null,
  gatewayPaymentId: null,
  amountPaise: Math.round(order.total * 100),
  ...more,
});

export const paymentSuccess = (order: OrderBody, more: Parameters<typeof paymentOf>[1] = {}): DomainEvent =>
  fact(PaymentSuccess, order.id, {
    ...snapshot(order),
    payment: paymentOf(order, more),
    capturedAt: new Date().toISOString(),
  });

export const paymentFailed = (order: OrderBody, attempt = 1, failedAt = new Date()): DomainEvent =>
  fact(PaymentFailed, order.id, {
    ...snapshot(order),
    payment: paymentOf(order),
    reason: 'card declined',
    attempt,
    failedAt: failedAt.toISOString(),
  });

export const paymentRefunded = (
  order: OrderBody,
  refund: { refundPaise: number; refundedTotalPaise: number; settlesOrder?: boolean },
): DomainEvent =>
  fact(PaymentRefunded, order.id, {
    ...snapshot(order),
    payment: paymentOf(order),
    refundId: newId(),
    refundNumber: 'REF-2026-000001',
    cause: 'test',
    processedAt: new Date().toISOString(),
    settlesOrder: true,
    ...refund,
  });

export const refundFailed = (order: OrderBody, more: { settlesOrder?: boolean } = {}): DomainEvent =>
  fact(PaymentRefundFailed, order.id, {
    ...snapshot(order),
    payment: paymentOf(order),
    refundId: newId(),
    refundNumber: 'REF-2026-000002',
    owedPaise: 100,
    reason: 'account closed',
    ...more,
  });
