import {
  adminAction,
  eventOf,
  PayoutApproved,
  PayoutCompleted,
  PayoutFailed,
  PayoutRejected,
  PayoutRequested,
  PayoutReversed,
  type DomainEvent,
} from '@reseller/contracts';
import { paiseToWire } from '@reseller/money';
import type { PayoutStatus } from './payout-status.js';
import type { Payout } from './payout.js';

const EVENTS = {
  PENDING: PayoutRequested,
  APPROVED: PayoutApproved,
  COMPLETED: PayoutCompleted,
  REJECTED: PayoutRejected,
  FAILED: PayoutFailed,
  REVERSED: PayoutReversed,
} as const satisfies Record<PayoutStatus, unknown>;

/** The event of the status that a payout now has. */
export function payoutEvent(payout: Payout, actor: string, now: Date): DomainEvent {
  return eventOf(EVENTS[payout.status], {
    aggregateId: payout.id,
    aggregateVersion: payout.version,
    businessId: payout.businessId,
    actor,
    occurredAt: now,
    data: {
      payoutId: payout.id,
      sellerId: payout.sellerId,
      amountPaise: paiseToWire(payout.amountPaise),
      status: payout.status,
      notes: payout.status === 'PENDING' ? payout.notes : payout.adminNotes,
    },
  });
}

/** Tells the audit log who decided what. */
export function payoutDecisionRecorded(before: Payout, after: Payout, actorId: string, now: Date): DomainEvent {
  return adminAction({
    actorId,
    action: `PAYOUT_${after.status}`,
    subjectType: 'payout',
    subjectId: after.id,
    before: { status: before.status },
    after: {
      status: after.status,
      amountPaise: paiseToWire(after.amountPaise),
      sellerId: after.sellerId,
      reference: after.reference,
    },
    reason: after.adminNotes,
    businessId: after.businessId,
    occurredAt: now,
  });
}
