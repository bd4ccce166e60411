import { upperEnum, uuid } from '@reseller/http';
import { divideHalfUp, rupeesFromPaise } from '@reseller/money';
import { z } from 'zod';
import { PAYMENT_STATUSES, type PaymentStatus } from '../payments/payment-status.js';
import { PROVIDERS } from '../payments/payment.js';
import type { AnalyticsFigures, CapturedRow, CohortRow, RefundedRow } from './analytics.queries.js';
import { INTERVALS, TIME_ZONES, type Range } from './period.js';
import { dateOrInstant } from './period.schemas.js';

export const analyticsQuery = z
  .strictObject({
    from: dateOrInstant().optional(),
    to: dateOrInstant().optional(),
    businessId: uuid().optional(),
    // 000 writes these three so.
    from_date: dateOrInstant().optional(),
    to_date: dateOrInstant().optional(),
    business_id: uuid().optional(),
    interval: z.enum(INTERVALS).default('day'),
    /** Whose days they are. */
    timeZone: z.enum(TIME_ZONES).default('Asia/Kolkata'),
    provider: upperEnum(PROVIDERS).optional(),
  })
  .transform(({ from_date, to_date, business_id, ...query }) => ({
    ...query,
    from: query.from ?? from_date,
    to: query.to ?? to_date,
    businessId: query.businessId ?? business_id,
  }));
export type AnalyticsQuery = z.infer<typeof analyticsQuery>;

const said = <S extends z.ZodType>(schema: S, description: string): S => schema.meta({ description });

const figures = {
  payments: said(
    z.int(),
    'Opened in this time, whatever became of them since: succeeded + failed + pending + wentBack. A further capture of an ' +
      'order is one of its own.',
  ),
  succeeded: said(z.int(), 'Those of them that settled their order.'),
  failed: said(z.int(), 'Those by which no money came: they failed, lapsed, or their order was cancelled first.'),
  pending: said(z.int(), 'Those that may still succeed.'),
  wentBack: said(
    z.int(),
    'Those by which money came that settled no order: a second capture, one that came too late, or of a wrong amount.',
  ),
  successRate: said(
    z.number().nullable(),
    'succeeded ÷ (succeeded + failed) in per cent; null where there are none. What went back did not fail: it was paid.',
  ),
  captured: said(z.int(), 'How many payments came in this time and settled their order, whenever they were opened.'),
  amount: said(z.number(), 'What they brought, in rupees.'),
  average: said(z.number().nullable(), 'amount ÷ captured.'),
  refunds: said(
    z.int(),
    'Refunds of such money that reached the customer in this time. One that bounces is owed again and no longer counts.',
  ),
  refundAmount: said(z.number(), 'What they gave back.'),
  fees: said(
    z.number(),
    'What Razorpay keeps of `amount`, its tax included; it is kept when the money goes back, too.',
  ),
  feeTax: said(z.number(), 'The tax in `fees`.'),
  goesBack: said(
    z.object({
      captured: said(z.int(), 'How many captures came in this time that settled no order.'),
      amount: said(z.number(), 'What they brought. All of it goes back, so it is in no other figure.'),
      fees: said(z.number(), 'What Razorpay keeps of it: lost.'),
      feeTax: said(z.number(), 'The tax in these fees.'),
    }),
    'Money that is not the shop’s.',
  ),
  net: said(z.number(), 'amount − refundAmount − fees − goesBack.fees'),
};

export const analyticsView = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    interval: z.enum(INTERVALS),
    timeZone: z.enum(TIME_ZONES),
    currency: z.literal('INR'),
    totals: z.object({ ...figures, byStatus: z.record(z.enum(PAYMENT_STATUSES), z.int()) }),
    byMethod: z.array(
      z.object({ method: z.string(), captured: z.int(), amount: z.number(), average: z.number().nullable() }),
    ),
    /** Every period of the range, also those in which nothing happened. */
    periods: z.array(z.object({ start: z.iso.date(), ...figures })),
  })
  .meta({ id: 'PaymentAnalytics' });
export type AnalyticsView = z.infer<typeof analyticsView>;

export function toAnalyticsView(query: AnalyticsQuery, range: Range, found: AnalyticsFigures): AnalyticsView {
  const of = (period: string | null) =>
    figuresOf(
      found.cohorts.find((row) => row.period === period),
      found.captured.find((row) => row.period === period && row.method === null),
      found.refunded.find((row) => row.period === period),
    );
  const whole = found.cohorts.find(({ period }) => period === null);
  return {
    from: range.from.toISOString(),
    to: range.to.toISOString(),
    interval: query.interval,
    timeZone: query.timeZone,
    currency: 'INR',
    totals: {
      ...of(null),
      byStatus: byStatus((status) => whole?.[status] ?? 0),
    },
    byMethod: found.captured
      .flatMap(({ method, payments, amountPaise }) =>
        method === null || payments === 0
          ? []
          : [
              {
                method,
                captured: payments,
                amount: rupeesFromPaise(amountPaise),
                average: averageOf(amountPaise, payments),
              },
            ],
      )
      .toSorted((one, other) => other.amount - one.amount || one.method.localeCompare(other.method)),
    periods: found.periods.map((start) => ({ start, ...of(start) })),
  };
}

type Figures = Omit<AnalyticsView['totals'], 'byStatus'>;

function figuresOf(cohort?: CohortRow, came?: CapturedRow, went?: RefundedRow): Figures {
  const { amountPaise = 0n, feePaise = 0n, feeTaxPaise = 0n, payments: captured = 0 } = came ?? {};
  const { strays = 0, strayPaise = 0n, strayFeePaise = 0n, strayFeeTaxPaise = 0n } = came ?? {};
  const { refunds = 0, refundedPaise = 0n } = went ?? {};
  const { payments = 0, succeeded = 0, wentBack = 0, PENDING = 0, PROCESSING = 0 } = cohort ?? {};
  const pending = PENDING + PROCESSING;
  const decided = payments - pending - wentBack;
  return {
    payments,
    succeeded,
    failed: decided - succeeded,
    pending,
    wentBack,
    successRate: decided === 0 ? null : Math.round((succeeded / decided) * 10_000) / 100,
    captured,
    amount: rupeesFromPaise(amountPaise),
    average: averageOf(amountPaise, captured),
    refunds,
    refundAmount: rupeesFromPaise(refundedPaise),
    fees: rupeesFromPaise(feePaise),
    feeTax: rupeesFromPaise(feeTaxPaise),
    goesBack: {
      captured: strays,
      amount: rupeesFromPaise(strayPaise),
      fees: rupeesFromPaise(strayFeePaise),
      feeTax: rupeesFromPaise(strayFeeTaxPaise),
    },
    net: rupeesFromPaise(amountPaise - refundedPaise - feePaise - strayFeePaise),
  };
}

/** Half up to the paisa. */
function averageOf(amountPaise: bigint, payments: number): number | null {
  return payments === 0 ? null : rupeesFromPaise(divideHalfUp(amountPaise, BigInt(payments)));
}

function byStatus(countOf: (status: PaymentStatus) => number): Record<PaymentStatus, number> {
  return {
    PENDING: countOf('PENDING'),
    PROCESSING: countOf('PROCESSING'),
    SUCCESS: countOf('SUCCESS'),
    FAILED: countOf('FAILED'),
    PARTIALLY_REFUNDED: countOf('PARTIALLY_REFUNDED'),
    REFUNDED: countOf('REFUNDED'),
    INTEGRITY_FAILED: countOf('INTEGRITY_FAILED'),
  };
}
