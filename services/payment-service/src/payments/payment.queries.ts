import { Injectable } from '@nestjs/common';
import { boundedTotal, COUNTED_MAX, type BoundedTotal, type PageRequest } from '@reseller/http';
import { Database } from '@reseller/persistence';
import { isUuid } from '@reseller/runtime';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';

export const PAYMENT_SORTS = ['createdAt', 'amount'] as const;
export type PaymentSort = (typeof PAYMENT_SORTS)[number];

export interface PaymentFilter {
  readonly userId?: string | undefined;
  /** The businesses that a payment must be of, all of them: that of the administrator and the one they ask for. */
  readonly businessIds: readonly string[];
  /** The order's id or number. */
  readonly orderRef?: string | undefined;
  readonly status?: string | undefined;
  readonly gatewayStatus?: string | undefined;
  readonly method?: string | undefined;
  readonly provider?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly minAmountPaise?: bigint | undefined;
  readonly maxAmountPaise?: bigint | undefined;
  /** A whole id or number: Razorpay's, ours, the order's or a refund's. */
  readonly q?: string | undefined;
}

export type PaymentRecord = Prisma.PaymentGetPayload<{ omit: { snapshot: true } }>;

/** What a client that waits for a payment asks again and again, and what decides who may. */
export type PaymentStatusRecord = Pick<
  PaymentRecord,
  | 'id'
  | 'subjectId'
  | 'businessId'
  | 'userId'
  | 'status'
  | 'gatewayStatus'
  | 'amountPaise'
  | 'currency'
  | 'refundedPaise'
  | 'failureReason'
  | 'updatedAt'
>;

/** A try of the customer to pay. */
export interface AttemptRecord {
  readonly razorpayPaymentId: string;
  readonly status: string;
  readonly amountPaise: bigint;
  readonly method: string | null;
  readonly failureReason: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What happened to a payment: the tries, and what Razorpay's webhooks told of them. */
export interface PaymentTrail {
  readonly attempts: readonly AttemptRecord[];
  readonly webhookAttempts: number;
  readonly webhookReceivedAt: Date | null;
  readonly webhookProcessedAt: Date | null;
}

const STATUS_COLUMNS = `p.id, p.subject_id as "subjectId", p.business_id as "businessId", p.user_id as "userId", p.status,
  p.gateway_status as "gatewayStatus", p.amount_paise as "amountPaise", p.currency, p.refunded_paise as "refundedPaise",
  p.failure_reason as "failureReason", p.updated_at as "updatedAt"`;
const WEBHOOKS = `select count(*)::int as "webhookAttempts", max(received_at) as "webhookReceivedAt",
  max(processed_at) as "webhookProcessedAt" from webhook_events where razorpay_payment_id = any ($1)`;

const isOrderNumber = (ref: string): boolean => /^ORD-/i.test(ref);
const withoutSnapshot = { snapshot: true } as const;

@Injectable()
export class PaymentQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  find(id: string): Promise<PaymentRecord | null> {
    return this.database.prisma.payment.findUnique({ where: { id }, omit: withoutSnapshot });
  }

  async status(id: string): Promise<PaymentStatusRecord | undefined> {
    const [found] = await this.database.query<PaymentStatusRecord>(
      `select ${STATUS_COLUMNS} from payments p where p.id = $1`,
      [id],
    );
    return found;
  }

  /** The payment that settled the order, else the latest. */
  async ofOrder(orderRef: string): Promise<PaymentRecord | null> {
    return this.database.prisma.payment.findFirst({
      where: whereOrder(orderRef),
      orderBy: [{ settles: 'desc' }, { createdAt: 'desc' }, { id: 'desc' }],
      omit: withoutSnapshot,
    });
  }

  /** Attempts come oldest first. */
  async trailOf(paymentId: string): Promise<PaymentTrail> {
    const attempts = await this.database.prisma.paymentAttempt.findMany({
      where: { paymentId },
      orderBy: [{ createdAt: 'asc' }, { razorpayPaymentId: 'asc' }],
    });
    const [told] = await this.database.query<Omit<PaymentTrail, 'attempts'>>(WEBHOOKS, [
      attempts.map(({ razorpayPaymentId }) => razorpayPaymentId),
    ]);
    if (told === undefined) throw new Error('a count is always returned');
    return { attempts, ...told };
  }

  async list(filter: PaymentFilter, page: PageRequest<PaymentSort>): Promise<{ data: PaymentRecord[] } & BoundedTotal> {
    const { payment } = this.database.prisma;
    const where = whereOf(filter);
    const direction = page.sort.descending ? 'desc' : 'asc';
    const orderBy: Prisma.PaymentOrderByWithRelationInput[] = [
      page.sort.field === 'amount' ? { amountPaise: direction } : { createdAt: direction },
      { id: direction },
    ];
    const [data, counted] = await Promise.all([
      payment.findMany({ where, orderBy, skip: page.skip, take: page.take, omit: withoutSnapshot }),
      // In the list's own order, or Prisma counts along the primary key.
      payment.count({ where, orderBy, take: COUNTED_MAX + 1 }),
    ]);
    return { data, ...boundedTotal(counted) };
  }
}

function whereOrder(ref: string): Prisma.PaymentWhereInput {
  return isOrderNumber(ref) ? { orderNumber: ref.toUpperCase() } : { subjectId: ref };
}

function whereOf(filter: PaymentFilter): Prisma.PaymentWhereInput {
  const { businessIds, orderRef, from, to, minAmountPaise, maxAmountPaise, q, ...equal } = filter;
  const conditions: Prisma.PaymentWhereInput[] = [
    Object.fromEntries(Object.entries(equal).filter(([, value]) => value !== undefined)),
    ...businessIds.map((businessId) => ({ businessId })),
  ];
  if (orderRef !== undefined) conditions.push(whereOrder(orderRef));
  if (from !== undefined) conditions.push({ createdAt: { gte: from } });
  if (to !== undefined) conditions.push({ createdAt: { lt: to } });
  if (minAmountPaise !== undefined) conditions.push({ amountPaise: { gte: minAmountPaise } });
  if (maxAmountPaise !== undefined) conditions.push({ amountPaise: { lte: maxAmountPaise } });
  if (q !== undefined) conditions.push(whereNamed(q));
  return { AND: conditions };
}

const NOTHING: Prisma.PaymentWhereInput = { id: { in: [] } };

/** What somebody has at hand, looked up by an index: its shape says which. */
function whereNamed(q: string): Prisma.PaymentWhereInput {
  if (isUuid(q)) return { OR: [{ id: q }, { subjectId: q }] };
  if (isOrderNumber(q)) return whereOrder(q);
  if (/^REF-/i.test(q)) return { refunds: { some: { refundNumber: q.toUpperCase() } } };
  switch (q.slice(0, q.indexOf('_') + 1)) {
    case 'order_':
      return { razorpayOrderId: q };
    case 'pay_':
      return { OR: [{ razorpayPaymentId: q }, { attempts: { some: { razorpayPaymentId: q } } }] };
    case 'rfnd_':
      return { refunds: { some: { razorpayRefundId: q } } };
    default:
      return NOTHING;
  }
}
