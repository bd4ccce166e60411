/** A payment's states in our words; `gatewayStatus` holds Razorpay's. */
export const PAYMENT_STATUSES = [
  'PENDING',
  'PROCESSING',
  'SUCCESS',
  'FAILED',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
  'INTEGRITY_FAILED',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** Razorpay's words for a payment, in the order in which they follow each other. */
export const GATEWAY_STATUSES = ['created', 'failed', 'authorized', 'captured', 'refunded'] as const;
export type GatewayStatus = (typeof GATEWAY_STATUSES)[number];

/**
 * What may follow what. FAILED is not final: Razorpay authorizes and captures failed payments up to five days later. Money
 * that came in never goes back to not having come. How much of it was given back is read from the figures of its refunds,
 * and may shrink again: a refund may bounce.
 */
const NEXT: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  PENDING: ['PROCESSING', 'SUCCESS', 'FAILED', 'INTEGRITY_FAILED'],
  PROCESSING: ['SUCCESS', 'FAILED', 'INTEGRITY_FAILED'],
  FAILED: ['PROCESSING', 'SUCCESS', 'INTEGRITY_FAILED'],
  SUCCESS: ['PARTIALLY_REFUNDED', 'REFUNDED'],
  PARTIALLY_REFUNDED: ['REFUNDED'],
  REFUNDED: [],
  INTEGRITY_FAILED: [],
};

export function canBecome(from: PaymentStatus, to: PaymentStatus): boolean {
  return NEXT[from].includes(to);
}

/** The states from which a payment may reach another, for guarded statements. */
export function statesBefore(to: PaymentStatus): PaymentStatus[] {
  return PAYMENT_STATUSES.filter((from) => canBecome(from, to));
}

/** Razorpay's states that a newer fact may replace: news may come late, and late news changes nothing. */
export function gatewayStatesBefore(to: GatewayStatus): GatewayStatus[] {
  return GATEWAY_STATUSES.slice(0, GATEWAY_STATUSES.indexOf(to));
}
