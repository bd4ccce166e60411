import { Injectable } from '@nestjs/common';
import type { Identity, Page, PageRequest } from '@reseller/http';
import { Database, likeLiteral } from '@reseller/persistence';
import { notFound } from '@reseller/runtime';
import type { Prisma, PrismaClient, Tenant } from '../generated/prisma/client.js';
import { findPlatformAdmin } from './platform-admin.js';

@Injectable()
export class TenantQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  /** @throws 403 for an administrator of one business. */
  async list(
    q: string | undefined,
    { skip, take, sort }: PageRequest<'createdAt' | 'name'>,
    caller: Identity,
  ): Promise<Page<Tenant>> {
    await findPlatformAdmin(this.database, caller);
    const { tenant } = this.database.prisma;
    const where: Prisma.TenantWhereInput =
      q === undefined ? {} : { name: { contains: likeLiteral(q), mode: 'insensitive' } };
    const order = sort.descending ? 'desc' : 'asc';
    const [data, total] = await Promise.all([
      tenant.findMany({ where, orderBy: [{ [sort.field]: order }, { id: order }], skip, take }),
      tenant.count({ where }),
    ]);
    return { data, total, skip, take };
  }

  /** @throws 403, 404 */
  async one(id: string, caller: Identity): Promise<Tenant> {
    await findPlatformAdmin(this.database, caller);
    const tenant = await this.database.prisma.tenant.findUnique({ where: { id } });
    if (tenant === null) throw notFound('TENANT_NOT_FOUND', 'There is no such tenant.');
    return tenant;
  }
}
