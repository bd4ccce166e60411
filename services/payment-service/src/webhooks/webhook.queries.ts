import { Injectable } from '@nestjs/common';
import type { PageRequest } from '@reseller/http';
import { Database } from '@reseller/persistence';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';

export interface WebhookFilter {
  readonly eventType?: string | undefined;
  readonly razorpayPaymentId?: string | undefined;
  readonly razorpayOrderId?: string | undefined;
  /** True: those that were stored and could not be worked yet. */
  readonly pending?: boolean | undefined;
}

export type WebhookRecord = Prisma.WebhookEventGetPayload<object>;

@Injectable()
export class WebhookQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  find(id: string): Promise<WebhookRecord | null> {
    return this.database.prisma.webhookEvent.findUnique({ where: { id } });
  }

  async list(
    filter: WebhookFilter,
    page: PageRequest<'receivedAt'>,
  ): Promise<{ data: WebhookRecord[]; total: number }> {
    const { webhookEvent } = this.database.prisma;
    const { pending, ...equal } = filter;
    const where: Prisma.WebhookEventWhereInput = {
      ...Object.fromEntries(Object.entries(equal).filter(([, value]) => value !== undefined)),
      ...(pending === undefined ? {} : { processedAt: pending ? null : { not: null } }),
    };
    const direction = page.sort.descending ? 'desc' : 'asc';
    const [data, total] = await Promise.all([
      webhookEvent.findMany({
        where,
        orderBy: [{ receivedAt: direction }, { id: direction }],
        skip: page.skip,
        take: page.take,
      }),
      webhookEvent.count({ where }),
    ]);
    return { data, total };
  }
}
