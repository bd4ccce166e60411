import type { GatewayRefund } from '../razorpay/razorpay-entities.js';
import { GATEWAY_MIN_PAISE, type Payment } from '../payments/payment.js';
import { canBecome, isOwed, type RefundStatus } from './refund-status.js';

export interface Refund {
  readonly id: string;
  readonly refundNumber: string;
  readonly paymentId: string;
  readonly subjectId: string;
  readonly businessId: string;
  readonly userId: string | null;
  readonly cause: string;
  readonly reason: string;
  readonly amountPaise: bigint;
  readonly currency: string;
  readonly status: RefundStatus;
  readonly settlesOrder: boolean;
  readonly origin: 'PLATFORM' | 'DASHBOARD';
  readonly razorpayRefundId: string | null;
  /** Part of the idempotency key. */
  readonly round: number;
  /** How often Razorpay was asked in this round: with 0, nothing can have come of it. */
  readonly tries: number;
  /** How often it said no, over all rounds. */
  readonly refusals: number;
  /** How often it was processed, told, and then failed. */
  readonly bounces: number;
  /** Of what is owed by it: what was told to be with the customer and came back, of this refund or of one it took over. */
  readonly bouncedPaise: bigint;
  /** Of one made in the dashboard: what it took over of refunds that we owed. */
  readonly replacesPaise: bigint;
  readonly lastError: string | null;
  /** How it reached the customer where not through Razorpay. */
  readonly otherMeans: string | null;
  /** Of who asked for it, for Razorpay's dashboard too. */
  readonly notes: Readonly<Record<string, string>> | null;
  readonly requestedBy: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly processedAt: Date | null;
}

/** https://razorpay.com/docs/api/understand/#notes */
const NOTE_MAX = 256;
const MINUTE_MS = 60_000;
/** The refusal after the last of these is final: a person has to find another way. Outages do not count. */
const RETRY_DELAYS_MS = [MINUTE_MS, 10 * MINUTE_MS, 60 * MINUTE_MS, 360 * MINUTE_MS];
const OUTAGE_FIRST_DELAY_MS = 5_000;
const OUTAGE_DELAY_MAX_MS = 60 * MINUTE_MS;

/** Why Razorpay cannot give this money back, or null where it can. */
export function whyNotThroughGateway(payment: Pick<Payment, 'provider'>, amountPaise: bigint): string | null {
  if (payment.provider !== 'RAZORPAY') return 'The money did not come through Razorpay.';
  if (amountPaise < GATEWAY_MIN_PAISE) return 'Razorpay gives back ₹1 at least.';
  return null;
}

/** The same for every try of a round: Razorpay never refunds twice under one key. */
export function idempotencyKeyOf(refund: Pick<Refund, 'id' | 'round'>): string {
  return `${refund.id}-${refund.round}`;
}

/** How a refund in Razorpay's answers and webhooks names ours, also where the answer with its id was lost. */
export function notesOf(
  refund: Pick<Refund, 'id' | 'round' | 'subjectId' | 'refundNumber' | 'notes' | 'reason'>,
): Record<string, string> {
  return {
    reason: refund.reason.slice(0, NOTE_MAX),
    ...refund.notes,
    refundId: refund.id,
    round: String(refund.round),
    orderId: refund.subjectId,
    refundNumber: refund.refundNumber,
  };
}

export interface RefundFailure {
  readonly kind: 'failed';
  readonly isFinal: boolean;
  readonly retryAfterMs: number;
}

export type RefundChange =
  { readonly kind: 'none' | 'processed' | 'pending' | 'called-off' | 'bounced' } | RefundFailure;

/**
 * Whether a refund at Razorpay is this one of ours. One of another amount is not, though it names ours: it was asked for
 * before ours was reduced, and is taken into the books as what it is.
 */
export function isOf(refund: Pick<Refund, 'id' | 'razorpayRefundId' | 'amountPaise'>, fact: GatewayRefund): boolean {
  if (refund.razorpayRefundId === fact.id) return true;
  return refund.id === fact.notes['refundId'] && refund.amountPaise === fact.amountPaise;
}

/** What a refund at Razorpay means for ours. News about an earlier round is old. */
export function decideRefund(refund: Refund, fact: GatewayRefund): RefundChange {
  const isCurrent =
    refund.razorpayRefundId === fact.id ||
    (refund.razorpayRefundId === null && fact.notes['round'] === String(refund.round));
  switch (fact.status) {
    case 'processed':
      return canBecome(refund.status, 'PROCESSED') ? { kind: 'processed' } : { kind: 'none' };
    case 'created':
    case 'pending':
      return isCurrent && canBecome(refund.status, 'PENDING') ? { kind: 'pending' } : { kind: 'none' };
    case 'failed':
      if (refund.status === 'PROCESSED' && refund.razorpayRefundId === fact.id) return { kind: 'bounced' };
      if (!isCurrent || !isOwed(refund.status)) return { kind: 'none' };
      // What somebody tried in the dashboard and Razorpay could not do is theirs to try again.
      return refund.origin === 'DASHBOARD' ? { kind: 'called-off' } : refusal(refund);
  }
}

/**
 * What stays owed of a refund that was made in the dashboard and failed: all of it where all of the money must go back, else
 * what it had taken over from refunds of ours. The rest is its maker's to try again.
 */
export function owedAnyway(refund: Pick<Refund, 'amountPaise' | 'replacesPaise'>, allMustGoBack: boolean): bigint {
  const { amountPaise, replacesPaise } = refund;
  return allMustGoBack || replacesPaise > amountPaise ? amountPaise : replacesPaise;
}

/** A try that was refused. */
export function refusal(refund: Pick<Refund, 'refusals'>): RefundFailure {
  const retryAfterMs = RETRY_DELAYS_MS[refund.refusals];
  return { kind: 'failed', isFinal: retryAfterMs === undefined, retryAfterMs: retryAfterMs ?? 0 };
}

/** Nobody knows what came of a try: the same request again, at growing intervals, for as long as it takes. */
export function outageDelayMs(tries: number): number {
  return Math.min(OUTAGE_FIRST_DELAY_MS * 2 ** Math.min(tries, 20), OUTAGE_DELAY_MAX_MS);
}

export interface Reduction {
  readonly refund: Refund;
  readonly leftPaise: bigint;
  readonly takenBouncedPaise: bigint;
}

/**
 * Money that the dashboard gave back while we still owed it pays our own refunds: they are reduced by it, oldest first, so
 * that the customer does not get it twice.
 *
 * @param shortfallPaise by how much the dashboard's refund exceeds what nobody had claimed
 * @returns null where what we owe does not cover it
 */
export function reduceOwed(refunds: readonly Refund[], shortfallPaise: bigint): Reduction[] | null {
  let missing = shortfallPaise;
  const reductions: Reduction[] = [];
  // First those that Razorpay was never asked for. Of the others it cannot have carried out all, for it never gives back
  // more than was captured: what is missing after the first is theirs.
  const owed = refunds.filter(({ status }) => isOwed(status) && status !== 'PENDING');
  const unsent = [...owed.filter(({ tries }) => tries === 0), ...owed.filter(({ tries }) => tries > 0)];
  for (const refund of unsent) {
    if (missing === 0n) break;
    const taken = refund.amountPaise < missing ? refund.amountPaise : missing;
    const takenBouncedPaise = refund.bouncedPaise < taken ? refund.bouncedPaise : taken;
    reductions.push({ refund, leftPaise: refund.amountPaise - taken, takenBouncedPaise });
    missing -= taken;
  }
  return missing === 0n ? reductions : null;
}
