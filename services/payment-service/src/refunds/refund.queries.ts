import { Injectable } from '@nestjs/common';
import { boundedTotal, COUNTED_MAX, type BoundedPage, type PageRequest } from '@reseller/http';
import { Database } from '@reseller/persistence';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';

export interface RefundFilter {
  readonly userId?: string | undefined;
  readonly businessId?: string | undefined;
  readonly paymentId?: string | undefined;
  /** The order's id or number. */
  readonly orderRef?: string | undefined;
  readonly status?: string | undefined;
}

export type RefundRecord = Prisma.RefundGetPayload<object>;

@Injectable()
export class RefundQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  find(id: string): Promise<RefundRecord | null> {
    return this.database.prisma.refund.findUnique({ where: { id } });
  }

  async list(filter: RefundFilter, page: PageRequest<'createdAt'>): Promise<BoundedPage<RefundRecord>> {
    const { refund } = this.database.prisma;
    const where = whereOf(filter);
    const direction = page.sort.descending ? 'desc' : 'asc';
    const [data, counted] = await Promise.all([
      refund.findMany({
        where,
        orderBy: [{ createdAt: direction }, { id: direction }],
        skip: page.skip,
        take: page.take,
      }),
      refund.count({ where, take: COUNTED_MAX + 1 }),
    ]);
    return { data, ...boundedTotal(counted), skip: page.skip, take: page.take };
  }
}

function whereOf({ orderRef, ...equal }: RefundFilter): Prisma.RefundWhereInput {
  const byNumber = orderRef !== undefined && /^ORD-/i.test(orderRef);
  return {
    ...Object.fromEntries(Object.entries(equal).filter(([, value]) => value !== undefined)),
    ...(orderRef === undefined || byNumber ? {} : { subjectId: orderRef }),
    ...(byNumber ? { payment: { orderNumber: orderRef.toUpperCase() } } : {}),
  };
}
