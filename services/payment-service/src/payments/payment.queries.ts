import { Injectable } from '@nestjs/common';
import type { PageRequest } from '@reseller/http';
import { Database } from '@reseller/persistence';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';

export interface PaymentFilter {
  readonly userId?: string | undefined;
  readonly businessId?: string | undefined;
  /** The order's id or number. */
  readonly orderRef?: string | undefined;
  readonly status?: string | undefined;
  readonly gatewayStatus?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export type PaymentRecord = Prisma.PaymentGetPayload<{ omit: { snapshot: true } }>;

const isOrderNumber = (ref: string): boolean => /^ORD-/i.test(ref);
const withoutSnapshot = { snapshot: true } as const;

@Injectable()
export class PaymentQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  find(id: string): Promise<PaymentRecord | null> {
    return this.database.prisma.payment.findUnique({ where: { id }, omit: withoutSnapshot });
  }

  /** The payment that settled the order, else the latest. */
  async ofOrder(orderRef: string): Promise<PaymentRecord | null> {
    return this.database.prisma.payment.findFirst({
      where: whereOrder(orderRef),
      orderBy: [{ settles: 'desc' }, { createdAt: 'desc' }, { id: 'desc' }],
      omit: withoutSnapshot,
    });
  }

  async list(filter: PaymentFilter, page: PageRequest<'createdAt'>): Promise<{ data: PaymentRecord[]; total: number }> {
    const { payment } = this.database.prisma;
    const where = whereOf(filter);
    const direction = page.sort.descending ? 'desc' : 'asc';
    const [data, total] = await Promise.all([
      payment.findMany({
        where,
        orderBy: [{ createdAt: direction }, { id: direction }],
        skip: page.skip,
        take: page.take,
        omit: withoutSnapshot,
      }),
      payment.count({ where }),
    ]);
    return { data, total };
  }
}

function whereOrder(ref: string): Prisma.PaymentWhereInput {
  return isOrderNumber(ref) ? { orderNumber: ref.toUpperCase() } : { subjectId: ref };
}

function whereOf({ orderRef, from, to, ...equal }: PaymentFilter): Prisma.PaymentWhereInput {
  return {
    ...Object.fromEntries(Object.entries(equal).filter(([, value]) => value !== undefined)),
    ...(orderRef === undefined ? {} : whereOrder(orderRef)),
    ...(from === undefined && to === undefined
      ? {}
      : { createdAt: { ...(from && { gte: from }), ...(to && { lt: to }) } }),
  };
}
