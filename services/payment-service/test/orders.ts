import {
  DEFAULT_BUSINESS_ID,
  eventOf,
  OrderAnonymised,
  OrderCancelled,
  OrderDelivered,
  OrderJoinedAccount,
  OrderReturned,
  orderSnapshotSchema,
  type OrderSnapshot,
} from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { orderSnapshot } from '@reseller/testing';

export interface TestOrder extends OrderSnapshot {
  payable: boolean;
  reason?: string;
  status: string;
  payablePaise: number;
  orderToken: string;
}

/** An order as the order service would tell of it. */
export function orderOf(options: Partial<TestOrder> = {}): TestOrder {
  const order = orderSnapshot({
    buyer: { userId: newId(), name: 'Asha', email: 'asha@example.com', phone: '+919876543210' },
    sellerId: newId(),
    createdAt: new Date().toISOString(),
    ...options,
  });
  const standing = { payable: true, status: 'PENDING', payablePaise: order.totalPaise, orderToken: newId() };
  return { ...standing, ...options, ...order };
}

const about = (order: TestOrder, version = 5) => ({
  aggregateId: order.orderId,
  aggregateVersion: version,
  businessId: DEFAULT_BUSINESS_ID,
  occurredAt: new Date(),
});
/** What the order service tells. */
export const orderCancelled = (order: TestOrder) =>
  eventOf(OrderCancelled, {
    ...about(order),
    data: {
      ...orderSnapshotSchema.parse(order),
      cancelledAt: new Date().toISOString(),
      reason: 'Changed my mind',
      cancelledBy: 'CUSTOMER',
      wasSold: false,
    },
  });
export const orderJoinedAccount = (order: TestOrder, userId: string) =>
  eventOf(OrderJoinedAccount, {
    ...about(order),
    data: { ...orderSnapshotSchema.parse(order), buyer: { ...order.buyer, userId }, userId },
  });
export const orderAnonymised = (order: TestOrder) => {
  const buyer = { ...order.buyer, userId: null, name: null, email: null, phone: null };
  return eventOf(OrderAnonymised, { ...about(order, 7), data: { ...orderSnapshotSchema.parse(order), buyer } });
};
export const orderDelivered = (order: TestOrder) =>
  eventOf(OrderDelivered, {
    ...about(order),
    data: { ...orderSnapshotSchema.parse(order), deliveredAt: new Date().toISOString() },
  });
export const orderReturned = (order: TestOrder, refundPaise: number) =>
  eventOf(OrderReturned, {
    ...about(order, 6),
    data: {
      ...orderSnapshotSchema.parse(order),
      returnedAt: new Date().toISOString(),
      cause: 'The parcel came back',
      refundPaise,
      restock: [],
    },
  });
