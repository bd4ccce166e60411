import { Injectable } from '@nestjs/common';
import { boundedTotal, COUNTED_MAX, type BoundedPage, type PageRequest } from '@reseller/http';
import { Database } from '@reseller/persistence';
import type { Message, Prisma, PrismaClient } from '../generated/prisma/client.js';

export type MessageRecord = Message;

export interface MessageFilter {
  readonly userId?: string | undefined;
  readonly businessId?: string | undefined;
  readonly channel?: string | undefined;
  readonly category?: string | undefined;
  readonly state?: string | undefined;
  readonly type?: string | undefined;
  readonly orderId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

@Injectable()
export class MessageQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  async find(id: string): Promise<MessageRecord | undefined> {
    return (await this.database.prisma.message.findUnique({ where: { id } })) ?? undefined;
  }

  async list(filter: MessageFilter, page: PageRequest<'createdAt'>): Promise<BoundedPage<MessageRecord>> {
    const { message } = this.database.prisma;
    const where = whereOf(filter);
    const direction = page.sort.descending ? 'desc' : 'asc';
    const [data, counted] = await Promise.all([
      message.findMany({
        where,
        orderBy: [{ createdAt: direction }, { id: direction }],
        skip: page.skip,
        take: page.take,
      }),
      message.count({ where, take: COUNTED_MAX + 1 }),
    ]);
    return { data, ...boundedTotal(counted), skip: page.skip, take: page.take };
  }
}

function whereOf({ type, from, to, ...equal }: MessageFilter): Prisma.MessageWhereInput {
  const given = Object.fromEntries(Object.entries(equal).filter(([, value]) => value !== undefined));
  return {
    ...given,
    ...(type === undefined ? {} : { eventType: type }),
    createdAt: { ...(from === undefined ? {} : { gte: from }), ...(to === undefined ? {} : { lt: to }) },
  };
}
