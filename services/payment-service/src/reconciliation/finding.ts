import { isOwed, type RefundStatus } from '../refunds/refund-status.js';
import type { GatewayPayment, GatewayRefund } from '../razorpay/razorpay-entities.js';

/** REPAIRED: our records were behind, and are not any more. REPORTED: a person should look. NOT_ASKED: no answer. */
export const OUTCOMES = ['REPAIRED', 'REPORTED', 'NOT_ASKED'] as const;
export type Outcome = (typeof OUTCOMES)[number];

const REPAIRS = [
  'CAPTURE_MISSED',
  'AUTHORIZATION_MISSED',
  'FAILURE_MISSED',
  'LAPSE_MISSED',
  'REFUND_MISSED',
  'FEE_MISSED',
] as const;
const REPORTS = [
  'CAPTURE_NOT_WANTED',
  'CAPTURED_HERE_ONLY',
  'CAPTURED_AMOUNT_DIFFERS',
  'REFUNDED_AMOUNT_DIFFERS',
  'REFUND_FAILED_THERE',
  'REFUND_OWED',
  'UNKNOWN_THERE',
] as const;
export const FINDING_KINDS = [...REPAIRS, ...REPORTS, 'NOT_ASKED'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** One difference between our records and Razorpay's, and what became of it. */
export interface Finding {
  readonly paymentId: string;
  readonly kind: FindingKind;
  readonly outcome: Outcome;
  readonly detail: string;
  readonly razorpayPaymentId: string | null;
  readonly razorpayRefundId: string | null;
  readonly ourStatus: string | null;
  readonly gatewayStatus: string | null;
  readonly ourPaise: bigint | null;
  readonly gatewayPaise: bigint | null;
}

export interface OurPayment {
  readonly id: string;
  readonly holdsRazorpayOrder: boolean;
  readonly razorpayPaymentId: string | null;
  readonly status: string;
  readonly settles: boolean;
  readonly isCaptured: boolean;
  readonly capturedPaise: bigint;
  readonly feePaise: bigint | null;
  readonly failureReason: string | null;
}

export interface OurAttempt {
  readonly razorpayPaymentId: string;
  readonly status: string;
}

export interface OurRefund {
  readonly paymentId: string;
  readonly razorpayRefundId: string | null;
  readonly refundNumber: string;
  readonly status: RefundStatus;
  readonly amountPaise: bigint;
}

/** All that we have about one Razorpay order. */
export interface OurSide {
  readonly payments: readonly OurPayment[];
  readonly attempts: readonly OurAttempt[];
  readonly refunds: readonly OurRefund[];
}

/** All that Razorpay says about it. */
export interface TheirSide {
  readonly payments: readonly GatewayPayment[];
  /** Of the payments whose refunds had to be looked at. */
  readonly refunds: readonly GatewayRefund[];
}

type Blank = Omit<Finding, 'kind' | 'outcome' | 'detail'>;
const NOTHING_SAID: Omit<Blank, 'paymentId'> = {
  razorpayPaymentId: null,
  razorpayRefundId: null,
  ourStatus: null,
  gatewayStatus: null,
  ourPaise: null,
  gatewayPaise: null,
};

/** What we have asked Razorpay to give back of a payment, by what Razorpay knows of it. */
function givenBackPaise(ours: OurSide, razorpayPaymentId: string): bigint {
  const payment = ours.payments.find((known) => known.razorpayPaymentId === razorpayPaymentId);
  return ours.refunds
    .filter(({ paymentId, razorpayRefundId }) => paymentId === payment?.id && razorpayRefundId !== null)
    .reduce((sum, { amountPaise }) => sum + amountPaise, 0n);
}

/**
 * Whether the refunds of a captured payment have to be looked at one by one: what Razorpay gave back in all is not what we
 * know of, or we wait for one.
 */
export function mustLookAtRefunds(ours: OurSide, fact: GatewayPayment): boolean {
  if (fact.refundedPaise !== givenBackPaise(ours, fact.id)) return true;
  const payment = ours.payments.find(({ razorpayPaymentId }) => razorpayPaymentId === fact.id);
  return ours.refunds.some(({ paymentId, status }) => paymentId === payment?.id && isOwed(status));
}

/**
 * What differed, and what still does.
 *
 * @param before our side as it was before what Razorpay says was recorded
 * @param after our side as it is since
 */
export function findingsOf(holderId: string, before: OurSide, after: OurSide, theirs: TheirSide): Finding[] {
  return [
    ...theirs.payments.flatMap((fact) => paymentFindings(holderId, before, after, fact)),
    ...theirs.refunds.flatMap((fact) => refundFindings(before, after, fact)),
    ...onlyHere(after, theirs),
    ...owed(after),
  ];
}

function paymentFindings(holderId: string, before: OurSide, after: OurSide, fact: GatewayPayment): Finding[] {
  const [earlier, now] = [before, after].map(({ payments }) => payments.find(isOf(fact)));
  const about = {
    ...NOTHING_SAID,
    paymentId: now?.id ?? holderId,
    razorpayPaymentId: fact.id,
    gatewayStatus: fact.status,
  };
  const amounts = {
    ourPaise: now?.capturedPaise ?? null,
    gatewayPaise: fact.amountPaise,
    ourStatus: now?.status ?? null,
  };
  if (!fact.isCaptured) return attemptFindings(before, after, fact, about);
  if (now === undefined || !now.isCaptured) return [];
  const findings: Finding[] = [];
  if (earlier?.isCaptured !== true) {
    findings.push(
      now.settles
        ? {
            ...about,
            ...amounts,
            ...repaired('CAPTURE_MISSED', 'It was captured at Razorpay; it settles its order now.'),
          }
        : {
            ...about,
            ...amounts,
            ...reported('CAPTURE_NOT_WANTED', `It was captured at Razorpay and goes back: ${now.failureReason}`),
          },
    );
  } else if (earlier.feePaise === null && now.feePaise !== null) {
    findings.push({ ...about, ...repaired('FEE_MISSED', 'What Razorpay keeps of it was not known.') });
  }
  if (now.capturedPaise !== fact.amountPaise) {
    findings.push({
      ...about,
      ...amounts,
      ...reported('CAPTURED_AMOUNT_DIFFERS', 'Razorpay says that it was of another amount.'),
    });
  }
  if (fact.refundedPaise !== null && fact.refundedPaise !== givenBackPaise(after, fact.id)) {
    findings.push({
      ...about,
      ...reported('REFUNDED_AMOUNT_DIFFERS', 'What was given back is not the same here and at Razorpay.'),
      ourPaise: givenBackPaise(after, fact.id),
      gatewayPaise: fact.refundedPaise,
    });
  }
  return findings;
}

const ATTEMPT_REPAIRS: Readonly<Record<GatewayPayment['status'], Said | null>> = {
  created: null,
  captured: null,
  authorized: repaired('AUTHORIZATION_MISSED', 'It was authorized at Razorpay.'),
  failed: repaired('FAILURE_MISSED', 'It had failed at Razorpay.'),
  refunded: repaired('LAPSE_MISSED', 'Nobody captured it, and Razorpay gave it back by itself.'),
};

function attemptFindings(before: OurSide, after: OurSide, fact: GatewayPayment, about: Blank): Finding[] {
  const [earlier, now] = [before, after].map(({ attempts }) => attempts.find(isOf(fact)));
  const repair = ATTEMPT_REPAIRS[fact.status];
  if (repair === null || now === undefined || now.status === earlier?.status) return [];
  return [{ ...about, ...repair, ourStatus: now.status, gatewayPaise: fact.amountPaise }];
}

function refundFindings(before: OurSide, after: OurSide, fact: GatewayRefund): Finding[] {
  const earlier = before.refunds.find(({ razorpayRefundId }) => razorpayRefundId === fact.id);
  const now = after.refunds.find(
    ({ razorpayRefundId, refundNumber }) => razorpayRefundId === fact.id || refundNumber === earlier?.refundNumber,
  );
  if (now === undefined) return [];
  const about = {
    ...NOTHING_SAID,
    paymentId: now.paymentId,
    razorpayPaymentId: fact.paymentId,
    razorpayRefundId: fact.id,
    ourStatus: now.status,
    gatewayStatus: fact.status,
    ourPaise: now.amountPaise,
    gatewayPaise: fact.amountPaise,
  };
  if (earlier?.status === 'PROCESSED' && fact.status === 'failed') {
    const detail = `${now.refundNumber} had been processed, and failed at Razorpay afterwards: it is owed again.`;
    return [{ ...about, ...reported('REFUND_FAILED_THERE', detail) }];
  }
  if (earlier?.status === now.status) return [];
  const made = earlier === undefined ? 'was made at Razorpay' : `went on at Razorpay`;
  return [{ ...about, ...repaired('REFUND_MISSED', `${now.refundNumber} ${made}.`) }];
}

/** Money that our records say came through Razorpay, and of which Razorpay knows nothing. */
function onlyHere(after: OurSide, theirs: TheirSide): Finding[] {
  const captured = new Set(theirs.payments.filter(({ isCaptured }) => isCaptured).map(({ id }) => id));
  return after.payments
    .filter(
      ({ isCaptured, razorpayPaymentId }) =>
        isCaptured && razorpayPaymentId !== null && !captured.has(razorpayPaymentId),
    )
    .map((payment) => ({
      ...NOTHING_SAID,
      paymentId: payment.id,
      razorpayPaymentId: payment.razorpayPaymentId,
      ourStatus: payment.status,
      gatewayStatus: theirs.payments.find(({ id }) => id === payment.razorpayPaymentId)?.status ?? null,
      ourPaise: payment.capturedPaise,
      ...reported('CAPTURED_HERE_ONLY', 'It is captured here, and not at Razorpay.'),
    }));
}

function owed(after: OurSide): Finding[] {
  return after.refunds
    .filter(({ status }) => status === 'NEEDS_OTHER_MEANS')
    .map((refund) => ({
      ...NOTHING_SAID,
      paymentId: refund.paymentId,
      razorpayRefundId: refund.razorpayRefundId,
      ourStatus: refund.status,
      ourPaise: refund.amountPaise,
      ...reported('REFUND_OWED', `${refund.refundNumber} is owed, and Razorpay will not make it.`),
    }));
}

/** Razorpay did not say anything, or does not know the order. */
export function unanswered(
  holderId: string,
  answer: { readonly isRefusal: boolean; readonly detail: string },
): Finding {
  const { isRefusal, detail } = answer;
  return {
    ...NOTHING_SAID,
    paymentId: holderId,
    ...(isRefusal
      ? reported('UNKNOWN_THERE', `Razorpay knows no such order: ${detail}`)
      : { kind: 'NOT_ASKED', outcome: 'NOT_ASKED', detail: `Razorpay did not answer: ${detail}` }),
  };
}

/** It failed on our side; the log says how. */
export const notCompared = (holderId: string): Finding => ({
  ...NOTHING_SAID,
  paymentId: holderId,
  kind: 'NOT_ASKED',
  outcome: 'NOT_ASKED',
  detail: 'The order could not be compared.',
});

/** Razorpay gave back what is not ours to take into the books: more than was captured. */
export function exceeding(paymentId: string, fact: GatewayRefund): Finding {
  return {
    ...NOTHING_SAID,
    paymentId,
    razorpayPaymentId: fact.paymentId,
    razorpayRefundId: fact.id,
    gatewayStatus: fact.status,
    gatewayPaise: fact.amountPaise,
    ...reported('REFUNDED_AMOUNT_DIFFERS', 'Razorpay gave back more than was left of what was captured.'),
  };
}

type Said = Pick<Finding, 'kind' | 'outcome' | 'detail'>;
function repaired(kind: (typeof REPAIRS)[number], detail: string): Said {
  return { kind, outcome: 'REPAIRED', detail };
}

function reported(kind: (typeof REPORTS)[number], detail: string): Said {
  return { kind, outcome: 'REPORTED', detail };
}

const isOf =
  (fact: GatewayPayment) =>
  ({ razorpayPaymentId }: { readonly razorpayPaymentId: string | null }): boolean =>
    razorpayPaymentId === fact.id;
