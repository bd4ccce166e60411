import { Injectable } from '@nestjs/common';
import {
  boundedTotal,
  COUNTED_MAX,
  requireSelfOrAdmin,
  requireUser,
  toPage,
  type BoundedPage,
  type Identity,
} from '@reseller/http';
import { Database } from '@reseller/persistence';
import type { PrismaClient } from '../generated/prisma/client.js';
import type { ShareLink } from './share-link.js';
import type { ShareLinksQuery } from './share-links.schemas.js';

@Injectable()
export class ShareLinkQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  /** A reseller's own links; an ADMIN's business's. @throws 403 for a `sellerId` that is not the caller's. */
  async list(caller: Identity, query: ShareLinksQuery): Promise<BoundedPage<ShareLink>> {
    const { skip, take, sort } = toPage(query);
    const where = {
      ...ownerFilter(caller, query.sellerId),
      ...(query.productId === undefined ? {} : { productId: query.productId }),
      ...(query.isActive === undefined ? {} : { isActive: query.isActive }),
    };
    const direction = sort.descending ? 'desc' : 'asc';
    const { shareLink } = this.database.prisma;
    const [data, counted] = await Promise.all([
      shareLink.findMany({ where, skip, take, orderBy: [{ createdAt: direction }, { id: direction }] }),
      shareLink.count({ where, take: COUNTED_MAX + 1 }),
    ]);
    return { data, ...boundedTotal(counted), skip, take };
  }
}

function ownerFilter(caller: Identity, sellerId: string | undefined) {
  if (sellerId !== undefined) requireSelfOrAdmin(caller, sellerId);
  if (!caller.isAdmin) return { sellerId: requireUser(caller) };
  return {
    ...(sellerId === undefined ? {} : { sellerId }),
    ...(caller.businessId === null ? {} : { businessId: caller.businessId }),
  };
}
