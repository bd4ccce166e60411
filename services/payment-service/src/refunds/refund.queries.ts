import { Injectable } from '@nestjs/common';
import type { PageRequest } from '@reseller/http';
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

  async list(filter: RefundFilter, page: PageRequest<'createdAt'>): Promise<{ data: RefundRecord[]; total: number }> {
    const { refund } = this.database.prisma;
    const where = whereOf(filter);
    const direction = page.sort.descending ? 'desc' : 'asc';
    const [data, total] = await Promise.all([
      refund.findMany({
        where,
        orderBy: [{ createdAt: direction }, { id: direction }],
        skip: page.skip,
        take: page.take,
      }),
      refund.count({ where }),
    ]);
    return { data, total };
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
