import { z } from 'zod';
import { defineEvent, type EventDefinition } from './envelope.js';
import { id, paise } from './fields.js';

const commissionSchema = z.object({
  sellerId: id(),
  orderId: id(),
  orderNumber: z.string(),
  amountPaise: paise(),
});

export const CommissionLocked = defineEvent({
  type: 'COMMISSION_LOCKED',
  from: 'wallet',
  aggregate: 'commission',
  heardBy: ['notification'],
  says: 'A commission was earned and is pending until delivery.',
  schema: commissionSchema,
});

export const CommissionUnlocked = defineEvent({
  type: 'COMMISSION_UNLOCKED',
  from: 'wallet',
  aggregate: 'commission',
  heardBy: ['notification'],
  says: 'A pending commission became available.',
  schema: commissionSchema,
});

export const CommissionReleased = defineEvent({
  type: 'COMMISSION_RELEASED',
  from: 'wallet',
  aggregate: 'commission',
  heardBy: ['notification'],
  says: 'A commission, or a part of it, was taken back.',
  schema: commissionSchema,
});

const payoutSchema = z.object({
  payoutId: id(),
  sellerId: id(),
  amountPaise: paise(),
  status: z.string(),
  notes: z.string().nullable(),
});

const payoutEvent = <const Type extends string>(type: Type, says: string): EventDefinition<Type, typeof payoutSchema> =>
  defineEvent({ type, from: 'wallet', aggregate: 'payout', heardBy: ['notification'], says, schema: payoutSchema });

export const PayoutRequested = payoutEvent(
  'PAYOUT_REQUESTED',
  'A reseller asked for a payout; the amount is in transit.',
);
export const PayoutApproved = payoutEvent('PAYOUT_APPROVED', 'An administrator approved the payout.');
export const PayoutRejected = payoutEvent('PAYOUT_REJECTED', 'The payout was refused; the amount is available again.');
export const PayoutCompleted = payoutEvent('PAYOUT_COMPLETED', 'The money left for the reseller’s account.');
export const PayoutFailed = payoutEvent('PAYOUT_FAILED', 'The transfer failed; the amount is available again.');
export const PayoutReversed = payoutEvent(
  'PAYOUT_REVERSED',
  'A completed transfer came back; the amount is available again.',
);
