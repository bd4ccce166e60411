import { Injectable } from '@nestjs/common';
import type { Identity, Page, PageRequest } from '@reseller/http';
import { Database } from '@reseller/persistence';
import { notFound } from '@reseller/runtime';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';
import type { Business } from './business.js';

export const businessNotFound = () => notFound('BUSINESS_NOT_FOUND', 'There is no such business.');

/** An administrator of one business sees that one. */
const visibleTo = ({ businessId }: Identity): Prisma.BusinessWhereInput =>
  businessId === null ? {} : { id: businessId };

@Injectable()
export class BusinessQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  async list(
    filter: { readonly isActive?: boolean | undefined; readonly q?: string | undefined },
    { skip, take, sort }: PageRequest<'createdAt' | 'name'>,
    caller: Identity,
  ): Promise<Page<Business>> {
    const { business } = this.database.prisma;
    const where: Prisma.BusinessWhereInput = {
      AND: [
        visibleTo(caller),
        filter.isActive === undefined ? {} : { isActive: filter.isActive },
        filter.q === undefined
          ? {}
          : { name: { contains: filter.q.replace(/[\\%_]/g, String.raw`\$&`), mode: 'insensitive' } },
      ],
    };
    const order = sort.descending ? 'desc' : 'asc';
    const [data, total] = await Promise.all([
      business.findMany({ where, orderBy: [{ [sort.field]: order }, { id: order }], skip, take }),
      business.count({ where }),
    ]);
    return { data, total, skip, take };
  }

  /** @throws 404 also where it is not the caller's to see. */
  async visible(id: string, caller: Identity): Promise<Business> {
    if (caller.businessId !== null && caller.businessId !== id) throw businessNotFound();
    return this.byId(id);
  }

  /** For other services. @throws 404 */
  async byId(id: string): Promise<Business> {
    const business = await this.database.prisma.business.findUnique({ where: { id } });
    if (business === null) throw businessNotFound();
    return business;
  }
}
