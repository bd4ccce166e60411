import { Injectable } from '@nestjs/common';
import { boundedTotal, COUNTED_MAX, type BoundedPage, type PageRequest } from '@reseller/http';
import { Database } from '@reseller/persistence';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';
import type { PayoutStatus } from './payout-status.js';

export interface PayoutFilter {
  readonly sellerId?: string | undefined;
  readonly businessId?: string | undefined;
  readonly status?: PayoutStatus | undefined;
}

export type PayoutRecord = Prisma.PayoutGetPayload<object>;

@Injectable()
export class PayoutQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  async find(id: string): Promise<PayoutRecord | null> {
    return this.database.prisma.payout.findUnique({ where: { id } });
  }

  async list(filter: PayoutFilter, page: PageRequest<'createdAt'>): Promise<BoundedPage<PayoutRecord>> {
    const { payout } = this.database.prisma;
    const where = definedOf(filter);
    const direction = page.sort.descending ? 'desc' : 'asc';
    const [data, counted] = await Promise.all([
      payout.findMany({
        where,
        orderBy: [{ createdAt: direction }, { id: direction }],
        skip: page.skip,
        take: page.take,
      }),
      payout.count({ where, take: COUNTED_MAX + 1 }),
    ]);
    return { data, ...boundedTotal(counted), skip: page.skip, take: page.take };
  }
}

function definedOf({ sellerId, businessId, status }: PayoutFilter): Prisma.PayoutWhereInput {
  return {
    ...(sellerId === undefined ? {} : { sellerId }),
    ...(businessId === undefined ? {} : { businessId }),
    ...(status === undefined ? {} : { status }),
  };
}
