import { Injectable } from '@nestjs/common';
import type { Identity, Page, PageRequest } from '@reseller/http';
import { Database, likeLiteral } from '@reseller/persistence';
import { notFound } from '@reseller/runtime';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';
import type { Business } from './business.js';
import { businessOf } from './business-row.js';
import type { ListBusinessesQuery } from './businesses.schemas.js';

export const businessNotFound = () => notFound('BUSINESS_NOT_FOUND', 'There is no such business.');

/** An administrator of one business sees that one. */
const visibleTo = ({ businessId }: Identity): Prisma.BusinessWhereInput =>
  businessId === null ? {} : { id: businessId };

@Injectable()
export class BusinessQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  async list(
    filter: Pick<ListBusinessesQuery, 'isActive' | 'tenantId' | 'q'>,
    { skip, take, sort }: PageRequest<'createdAt' | 'name'>,
    caller: Identity,
  ): Promise<Page<Business>> {
    const { business } = this.database.prisma;
    const where: Prisma.BusinessWhereInput = {
      AND: [
        visibleTo(caller),
        filter.isActive === undefined ? {} : { isActive: filter.isActive },
        filter.tenantId === undefined ? {} : { tenantId: filter.tenantId },
        filter.q === undefined ? {} : { name: { contains: likeLiteral(filter.q), mode: 'insensitive' } },
      ],
    };
    const order = sort.descending ? 'desc' : 'asc';
    const [data, total] = await Promise.all([
      business.findMany({ where, orderBy: [{ [sort.field]: order }, { id: order }], skip, take }),
      business.count({ where }),
    ]);
    return { data: data.map(businessOf), total, skip, take };
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
    return businessOf(business);
  }
}
