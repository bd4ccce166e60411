import { Injectable } from '@nestjs/common';
import { boundedTotal, COUNTED_MAX, type BoundedPage, type PageRequest } from '@reseller/http';
import { Database } from '@reseller/persistence';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';
import { ASSET, type SellerAccount } from '../ledger/account.js';
import type { JournalType } from '../ledger/journal.js';

export interface TransactionFilter {
  readonly type?: JournalType | undefined;
  readonly balance?: SellerAccount | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The last transaction of the page before: the next page then costs what the first one cost. */
  readonly cursor?: string | undefined;
}

/** A transaction as a reseller sees it: an entry of one of their accounts, with its journal's words. */
export interface TransactionRecord {
  readonly id: string;
  readonly type: string;
  readonly balance: string;
  readonly amountPaise: bigint;
  readonly balanceBeforePaise: bigint;
  readonly balanceAfterPaise: bigint;
  readonly description: string;
  readonly orderId: string | null;
  readonly payoutId: string | null;
  readonly createdAt: Date;
}

const WITH_JOURNAL = { journal: true, account: { select: { kind: true } } } as const satisfies Prisma.EntryInclude;
type EntryWithJournal = Prisma.EntryGetPayload<{ include: typeof WITH_JOURNAL }>;

@Injectable()
export class TransactionQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  async list(
    sellerId: string,
    filter: TransactionFilter,
    page: PageRequest<'createdAt'>,
  ): Promise<BoundedPage<TransactionRecord> & { nextCursor: string | null }> {
    const { entry } = this.database.prisma;
    const where = conditionOf(filter, await this.ownEntries(sellerId, filter.balance));
    const [entries, counted] = await Promise.all([
      entry.findMany({
        where,
        include: WITH_JOURNAL,
        // `seq` is the order in which the balances changed; times of one transaction are all the same.
        orderBy: { seq: page.sort.descending ? 'desc' : 'asc' },
        take: page.take,
        ...(filter.cursor === undefined ? { skip: page.skip } : { cursor: { id: filter.cursor }, skip: 1 }),
      }),
      entry.count({ where, take: COUNTED_MAX + 1 }),
    ]);
    const nextCursor = entries.length === page.take ? (entries.at(-1)?.id ?? null) : null;
    return { data: entries.map(transactionOf), ...boundedTotal(counted), skip: page.skip, take: page.take, nextCursor };
  }

  /** Of one balance by its account's id, for there is an index along that; an account that was never used has no entries. */
  private async ownEntries(ownerId: string, balance: TransactionFilter['balance']): Promise<Prisma.EntryWhereInput> {
    if (balance === undefined) return { ownerId, asset: ASSET, isPrincipal: true };
    const account = await this.database.prisma.account.findUnique({
      where: { ownerId_kind_asset: { ownerId, kind: balance, asset: ASSET } },
      select: { id: true },
    });
    return account === null ? { id: { in: [] } } : { accountId: account.id };
  }
}

function conditionOf({ type, from, to }: TransactionFilter, own: Prisma.EntryWhereInput): Prisma.EntryWhereInput {
  return {
    ...own,
    ...(type === undefined ? {} : { journal: { type } }),
    createdAt: {
      ...(from === undefined ? {} : { gte: new Date(from) }),
      ...(to === undefined ? {} : { lte: new Date(to) }),
    },
  };
}

function transactionOf(entry: EntryWithJournal): TransactionRecord {
  return {
    id: entry.id,
    type: entry.journal.type,
    balance: entry.account.kind,
    amountPaise: entry.amountPaise,
    // A reseller's accounts keep a balance, so their entries always say what it was.
    balanceBeforePaise: entry.balanceBeforePaise ?? 0n,
    balanceAfterPaise: entry.balanceAfterPaise ?? 0n,
    description: entry.journal.description,
    orderId: entry.journal.orderId,
    payoutId: entry.journal.payoutId,
    createdAt: entry.createdAt,
  };
}
