/**
 * REQUESTED: ours to make. PENDING: Razorpay has it. FAILED_RETRYING: it did not work, it will be tried again.
 * NEEDS_OTHER_MEANS: still owed, but not through Razorpay any more. PROCESSED: with the customer; Razorpay may fail it even
 * then, and it is owed again. CALLED_OFF: not owed any more, because the dashboard gave the money back first, or a refund
 * made there failed there and nothing is owed for it.
 */
export const REFUND_STATUSES = [
  'REQUESTED',
  'PENDING',
  'FAILED_RETRYING',
  'PROCESSED',
  'NEEDS_OTHER_MEANS',
  'CALLED_OFF',
] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

const NEXT: Readonly<Record<RefundStatus, readonly RefundStatus[]>> = {
  REQUESTED: ['PENDING', 'PROCESSED', 'FAILED_RETRYING', 'NEEDS_OTHER_MEANS', 'CALLED_OFF'],
  PENDING: ['PROCESSED', 'FAILED_RETRYING', 'NEEDS_OTHER_MEANS', 'CALLED_OFF'],
  FAILED_RETRYING: ['PENDING', 'PROCESSED', 'NEEDS_OTHER_MEANS', 'CALLED_OFF'],
  // By hand, or by a refund in the dashboard.
  NEEDS_OTHER_MEANS: ['PROCESSED', 'CALLED_OFF'],
  PROCESSED: ['NEEDS_OTHER_MEANS'],
  CALLED_OFF: [],
};

export function canBecome(from: RefundStatus, to: RefundStatus): boolean {
  return NEXT[from].includes(to);
}

/** Still to be paid to the customer. */
export function isOwed(status: RefundStatus): boolean {
  return status !== 'PROCESSED' && status !== 'CALLED_OFF';
}
