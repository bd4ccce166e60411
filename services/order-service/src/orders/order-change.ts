import { adminAction, eventOf, OrderAnonymised, type DomainEvent } from '@reseller/contracts';
import { isAnonymous, withoutBuyer } from './anonymous-order.js';
import { snapshotOf } from './order-snapshot.js';
import type { Cause, HistoryEntry, HistoryFact, Order } from './order-state.js';
import { fulfillmentStatusOf, paymentStatusOf } from './order-status.js';

/** What a decision about an order comes to: the order as it then stands, what others are told, what history keeps. */
export interface OrderChange {
  readonly order: Order;
  readonly events: readonly DomainEvent[];
  readonly history: readonly HistoryEntry[];
}

export const unchanged = (order: Order): OrderChange => ({ order, events: [], history: [] });

/** The envelope that all events about this version of the order share. */
export const factAbout = (order: Order, cause: Cause, now: Date) => ({
  aggregateId: order.id,
  aggregateVersion: order.version,
  businessId: order.businessId,
  actor: cause.id,
  occurredAt: now,
});

export interface Advance {
  readonly what: HistoryFact;
  readonly cause: Cause;
  readonly now: Date;
  readonly patch: Partial<Order>;
  /** The events about the new version. */
  readonly tell?: (order: Order) => readonly DomainEvent[];
}

/** The next version of an order, with its axes derived again and its row of history. */
export function advance(before: Order, { what, cause, now, patch, tell }: Advance): OrderChange {
  const changed = { ...before, ...patch, version: before.version + 1, updatedAt: now };
  const next = isAnonymous(changed) ? withoutBuyer(changed) : changed;
  const order: Order = {
    ...next,
    paymentStatus: paymentStatusOf(next),
    fulfillmentStatus: fulfillmentStatusOf(next.lines),
  };
  return {
    order,
    events: [
      ...(tell?.(order) ?? []),
      ...anonymisedOf(before, order, cause, now),
      ...auditOf(before, order, cause, now),
    ],
    history: [historyOf(what, before, order, cause, now)],
  };
}

/** One decision on top of another, as one change. */
export function andThen(first: OrderChange, decide: (order: Order) => OrderChange): OrderChange {
  const second = decide(first.order);
  return {
    order: second.order,
    events: [...first.events, ...second.events],
    history: [...first.history, ...second.history],
  };
}

function historyOf(what: HistoryFact, before: Order, after: Order, cause: Cause, now: Date): HistoryEntry {
  return {
    orderId: after.id,
    version: after.version,
    what,
    fromStatus: before.version === 0 ? null : before.status,
    toStatus: after.status,
    actorRole: cause.role,
    actorId: cause.id,
    reason: cause.reason,
    occurredAt: now,
  };
}

/** Told once: what others keep of the buyer goes too. */
function anonymisedOf(before: Order, after: Order, cause: Cause, now: Date): DomainEvent[] {
  if (isAnonymous(before) || !isAnonymous(after)) return [];
  return [eventOf(OrderAnonymised, { ...factAbout(after, cause, now), data: snapshotOf(after) })];
}

/** What an administrator does goes to the audit log too. */
function auditOf(before: Order, after: Order, cause: Cause, now: Date): DomainEvent[] {
  if (cause.role !== 'ADMIN' || cause.id === null || before.version === 0) return [];
  return [
    adminAction({
      actorId: cause.id,
      action: `ORDER_${after.status}`,
      subjectType: 'order',
      subjectId: after.id,
      before: { status: before.status },
      after: { status: after.status, trackingNumber: after.trackingNumber },
      reason: cause.reason,
      businessId: after.businessId,
      occurredAt: now,
    }),
  ];
}
