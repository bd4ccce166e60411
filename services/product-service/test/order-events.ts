import {
  DEFAULT_BUSINESS_ID,
  eventOf,
  OrderCancelled,
  OrderConfirmed,
  OrderPaid,
  OrderPaymentExtended,
  OrderReturned,
  type DomainEvent,
} from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { orderSnapshot } from '@reseller/testing';

export interface Item {
  readonly variantId: string;
  readonly quantity: number;
}

const AT = new Date('2026-01-01T00:00:00.000Z');

const stamp = (orderId: string) => ({ aggregateId: orderId, aggregateVersion: 1, occurredAt: AT });

export const orderPaid = (orderId: string, items: readonly Item[]): DomainEvent =>
  eventOf(OrderPaid, {
    ...stamp(orderId),
    data: { ...orderSnapshot({ orderId, items }), paymentId: newId(), paidAt: AT.toISOString() },
  });

export const orderPaymentExtended = (orderId: string, paymentExpiresAt: Date): DomainEvent =>
  eventOf(OrderPaymentExtended, {
    ...stamp(orderId),
    businessId: DEFAULT_BUSINESS_ID,
    data: { orderId, paymentExpiresAt: paymentExpiresAt.toISOString() },
  });

export const orderConfirmed = (orderId: string, items: readonly Item[]): DomainEvent =>
  eventOf(OrderConfirmed, { ...stamp(orderId), data: orderSnapshot({ orderId, items }) });

export const orderCancelled = (
  orderId: string,
  items: readonly Item[],
  cancelledBy: 'CUSTOMER' | 'ADMIN' | 'SYSTEM' = 'CUSTOMER',
): DomainEvent =>
  eventOf(OrderCancelled, {
    ...stamp(orderId),
    data: {
      ...orderSnapshot({ orderId, items }),
      cancelledAt: AT.toISOString(),
      reason: 'changed my mind',
      cancelledBy,
      wasSold: false,
    },
  });

export const orderReturned = (orderId: string, items: readonly Item[], restock: readonly Item[]): DomainEvent =>
  eventOf(OrderReturned, {
    ...stamp(orderId),
    data: {
      ...orderSnapshot({ orderId, items }),
      returnedAt: AT.toISOString(),
      cause: 'too small',
      refundPaise: 0,
      restock: [...restock],
    },
  });
