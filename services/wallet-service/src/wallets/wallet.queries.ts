import { Injectable } from '@nestjs/common';
import { boundedTotal, COUNTED_MAX, type BoundedPage, type PageRequest } from '@reseller/http';
import { Database } from '@reseller/persistence';
import type { PrismaClient } from '../generated/prisma/client.js';
import { ASSET, balancesOf, type SellerBalances } from '../ledger/account.js';
import type { BusinessScope } from './business-scope.js';

export interface WalletRecord {
  readonly id: string;
  readonly sellerId: string;
  readonly businessId: string;
  readonly currency: string;
  readonly totalEarningsPaise: bigint;
  readonly createdAt: Date;
  readonly balances: SellerBalances;
}

@Injectable()
export class WalletQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  async find(sellerId: string, scope: BusinessScope): Promise<WalletRecord | undefined> {
    const { wallet, account } = this.database.prisma;
    const [found, accounts] = await Promise.all([
      wallet.findFirst({ where: { sellerId, ...scope } }),
      account.findMany({ where: { ownerId: sellerId, asset: ASSET } }),
    ]);
    return found === null ? undefined : { ...found, balances: balancesOf(accounts) };
  }

  async list(scope: BusinessScope, page: PageRequest<'createdAt'>): Promise<BoundedPage<WalletRecord>> {
    const { wallet, account } = this.database.prisma;
    const direction = page.sort.descending ? 'desc' : 'asc';
    const [wallets, counted] = await Promise.all([
      wallet.findMany({
        where: scope,
        orderBy: [{ createdAt: direction }, { id: direction }],
        skip: page.skip,
        take: page.take,
      }),
      wallet.count({ where: scope, take: COUNTED_MAX + 1 }),
    ]);
    const accounts = await account.findMany({
      where: { ownerId: { in: wallets.map(({ sellerId }) => sellerId) }, asset: ASSET },
    });
    const data = wallets.map((found) => ({
      ...found,
      balances: balancesOf(accounts.filter(({ ownerId }) => ownerId === found.sellerId)),
    }));
    return { data, ...boundedTotal(counted), skip: page.skip, take: page.take };
  }
}
