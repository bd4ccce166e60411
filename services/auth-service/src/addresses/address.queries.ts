import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '@reseller/http';
import { Database } from '@reseller/persistence';
import { notFound } from '@reseller/runtime';
import type { Address, PrismaClient } from '../generated/prisma/client.js';

export const addressNotFound = () => notFound('ADDRESS_NOT_FOUND', 'There is no such address.');

@Injectable()
export class AddressQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  /** The default one first. */
  async list(userId: string, { skip, take, sort }: PageRequest<'createdAt'>): Promise<Page<Address>> {
    const { address } = this.database.prisma;
    const order = sort.descending ? 'desc' : 'asc';
    const [data, total] = await Promise.all([
      address.findMany({
        where: { userId },
        orderBy: [{ isDefault: 'desc' }, { createdAt: order }, { id: order }],
        skip,
        take,
      }),
      address.count({ where: { userId } }),
    ]);
    return { data, total, skip, take };
  }

  /** @throws 404 also for somebody else's. */
  async one(userId: string, id: string): Promise<Address> {
    const address = await this.database.prisma.address.findFirst({ where: { id, userId } });
    if (address === null) throw addressNotFound();
    return address;
  }
}
