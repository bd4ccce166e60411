import { orderRef, pageOf, pageQuery, upperEnum, uuid } from '@reseller/http';
import { rupeesFromPaise } from '@reseller/money';
import { z } from 'zod';
import { dateOrInstant } from '../analytics/period.schemas.js';
import { rangeOf, RANGE_DAYS_MAX, TIME_ZONES } from '../analytics/period.js';
import { FINDING_KINDS, OUTCOMES } from './finding.js';
import { ORIGINS, RUN_STATUSES, SCOPES } from './reconciliation-run.js';
import type { ItemRecord, ReportRecord } from './reconciliation.queries.js';

/** Nothing: all that is open. Else one order, one payment, or what was opened in a stretch of time. */
export const reconcileBody = z
  .strictObject({
    orderId: orderRef().optional(),
    paymentId: uuid().optional(),
    from: dateOrInstant().optional(),
    to: dateOrInstant().optional(),
    timeZone: z.enum(TIME_ZONES).default('Asia/Kolkata'),
  })
  .superRefine(({ orderId, paymentId, from, to, timeZone }, context) => {
    const asked = [orderId, paymentId, from ?? to].filter((one) => one !== undefined);
    if (asked.length > 1)
      context.addIssue({
        code: 'custom',
        path: ['orderId'],
        message: 'must be the only one of orderId, paymentId and from',
      });
    if ((from === undefined) !== (to === undefined)) {
      context.addIssue({ code: 'custom', path: ['from'], message: 'must come with to' });
    } else if (from !== undefined && rangeOf({ from, to, timeZone }, new Date(0)) === null) {
      context.addIssue({
        code: 'custom',
        path: ['to'],
        message: `must lie after from, by ${RANGE_DAYS_MAX} days at most`,
      });
    }
  })
  .transform(({ from, to, timeZone, ...one }) => {
    const range = from === undefined ? null : rangeOf({ from, to, timeZone }, new Date(0));
    return { ...one, from: range?.from ?? null, to: range?.to ?? null };
  });
export type ReconcileBody = z.infer<typeof reconcileBody>;

export const reportsQuery = z.strictObject({ ...pageQuery(['createdAt']) });
export const reportQuery = z.strictObject({
  ...pageQuery(['createdAt'], 'createdAt'),
  outcome: upperEnum(OUTCOMES).optional(),
  kind: upperEnum(FINDING_KINDS).optional(),
});

export const reportView = z
  .object({
    id: z.uuid(),
    /** ADMIN: somebody asked for it. SCHEDULE: what was found in a day by asking about open payments. */
    origin: z.enum(ORIGINS),
    scope: z.enum(SCOPES),
    status: z.enum(RUN_STATUSES),
    businessId: z.uuid().nullable(),
    orderId: z.uuid().nullable(),
    paymentId: z.uuid().nullable(),
    from: z.iso.datetime().nullable(),
    to: z.iso.datetime().nullable(),
    forDay: z.iso.date().nullable(),
    requestedBy: z.uuid().nullable(),
    /** Razorpay orders that were compared. */
    checked: z.int(),
    repaired: z.int(),
    reported: z.int(),
    notAsked: z.int(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ReconciliationReport' });
export const reportPage = pageOf(reportView);

export const itemView = z
  .object({
    id: z.uuid(),
    paymentId: z.uuid(),
    orderId: z.uuid(),
    orderNumber: z.string(),
    kind: z.enum(FINDING_KINDS),
    /** REPAIRED: nothing is left to do. REPORTED: a person should look. NOT_ASKED: Razorpay did not answer. */
    outcome: z.enum(OUTCOMES),
    detail: z.string(),
    razorpayOrderId: z.string().nullable(),
    razorpayPaymentId: z.string().nullable(),
    razorpayRefundId: z.string().nullable(),
    ourStatus: z.string().nullable(),
    gatewayStatus: z.string().nullable(),
    ourAmount: z.number().nullable(),
    gatewayAmount: z.number().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'ReconciliationItem' });

/** The report with one page of what was found. */
export const wholeReportView = reportView.extend({ items: pageOf(itemView) }).meta({ id: 'WholeReconciliationReport' });

export function toReportView(report: ReportRecord): z.input<typeof reportView> {
  return {
    ...report,
    origin: z.enum(ORIGINS).parse(report.origin),
    scope: z.enum(SCOPES).parse(report.scope),
    status: z.enum(RUN_STATUSES).parse(report.status),
    from: report.from?.toISOString() ?? null,
    to: report.to?.toISOString() ?? null,
    createdAt: report.createdAt.toISOString(),
    finishedAt: report.finishedAt?.toISOString() ?? null,
  };
}

export function toItemView({ ourPaise, gatewayPaise, ...item }: ItemRecord): z.input<typeof itemView> {
  return {
    ...item,
    ourAmount: ourPaise === null ? null : rupeesFromPaise(ourPaise),
    gatewayAmount: gatewayPaise === null ? null : rupeesFromPaise(gatewayPaise),
    createdAt: item.createdAt.toISOString(),
  };
}
