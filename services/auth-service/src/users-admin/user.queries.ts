import { Injectable } from '@nestjs/common';
import { DEFAULT_BUSINESS_ID, ROLES, type Role } from '@reseller/contracts';
import { boundedTotal, COUNTED_MAX, type BoundedPage, type Identity, type PageRequest } from '@reseller/http';
import { Database, likeLiteral } from '@reseller/persistence';
import type { Account } from '../accounts/account.js';
import type { Prisma, PrismaClient, User } from '../generated/prisma/client.js';

export interface UserFilter {
  readonly role?: Role | undefined;
  readonly isActive?: boolean | undefined;
  readonly q?: string | undefined;
}

const matching = (text: string): Prisma.UserWhereInput[] =>
  (['email', 'firstName', 'lastName', 'phone'] as const).map((field) => ({
    [field]: { contains: likeLiteral(text), mode: 'insensitive' },
  }));

/** The same rule as `isVisibleTo`, as a condition. */
function visibleTo({ businessId }: Identity): Prisma.UserWhereInput {
  if (businessId === null) return {};
  if (businessId !== DEFAULT_BUSINESS_ID) return { businessId };
  return { OR: [{ businessId }, { businessId: null, NOT: { roles: { has: 'ADMIN' } } }] };
}

const toAccount = ({ passwordHash: _, ...user }: User): Account => ({
  ...user,
  roles: ROLES.filter((known) => user.roles.includes(known)),
});

@Injectable()
export class UserQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  async list(
    filter: UserFilter,
    { skip, take, sort }: PageRequest<'createdAt' | 'email'>,
    caller: Identity,
  ): Promise<BoundedPage<Account>> {
    const { user } = this.database.prisma;
    const where: Prisma.UserWhereInput = {
      AND: [visibleTo(caller), filter.q === undefined ? {} : { OR: matching(filter.q) }],
      ...(filter.role === undefined ? {} : { roles: { has: filter.role } }),
      ...(filter.isActive === undefined ? {} : { isActive: filter.isActive }),
    };
    const order = sort.descending ? 'desc' : 'asc';
    const [rows, counted] = await Promise.all([
      user.findMany({ where, orderBy: [{ [sort.field]: order }, { id: order }], skip, take }),
      user.count({ where, take: COUNTED_MAX + 1 }),
    ]);
    return { data: rows.map(toAccount), ...boundedTotal(counted), skip, take };
  }
}
