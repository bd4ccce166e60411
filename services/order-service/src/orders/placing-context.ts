import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { DomainError, notFound } from '@reseller/runtime';
import { AuthClient } from '../clients/auth.client.js';
import { ShareLinkClient, type ShareLink } from '../clients/share-link.client.js';
import type { Account } from '../copies/account.js';
import { keepCopy } from '../copies/copies.js';

export interface WhoAndWhat {
  readonly shareLinkId: string | null;
  readonly sellerId: string | null;
  readonly userId: string | null;
}

/** What the order service itself knows when an order is placed. */
export interface PlacingContext {
  /** The database's time: when the order is placed. */
  readonly now: Date;
  readonly orderNumber: string;
  readonly link: ShareLink | null;
  /** Who earns: the link's owner, else the seller that was named. */
  readonly sellerId: string | null;
  readonly seller: Account | null;
  readonly buyer: Account | null;
}

/** One round trip for the usual case, in which every copy is here. */
const LOAD = `with link as (select body from share_link_copies where id = $1::uuid)
  select clock_timestamp() as now, next_order_number(clock_timestamp()) as "orderNumber",
    (select body from link) as link,
    (select body from account_copies where id = coalesce((select (body ->> 'sellerId')::uuid from link), $2::uuid)) as seller,
    (select body from account_copies where id = $3::uuid) as buyer`;

type Row = Omit<PlacingContext, 'sellerId'>;

const orNull = async <T>(asked: Promise<T>): Promise<T | null> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'not-found') return null;
    throw error;
  }
};

/** Reads the copies of link, seller and buyer, and asks their owners for what has not arrived here yet. */
@Injectable()
export class PlacingContexts {
  constructor(
    private readonly database: Database,
    private readonly shareLinks: ShareLinkClient,
    private readonly auth: AuthClient,
  ) {}

  /** @throws 404 SHARE_LINK_NOT_FOUND for a link that nobody knows. */
  async load({ shareLinkId, sellerId: named, userId }: WhoAndWhat): Promise<PlacingContext> {
    const [row] = await this.database.query<Row>(LOAD, [shareLinkId, named, userId]);
    if (row === undefined) throw new Error('a select without from gave no row');
    const link = row.link ?? (shareLinkId === null ? null : await this.askForLink(shareLinkId));
    const sellerId = link?.sellerId ?? named;
    const seller = row.seller ?? (sellerId === null ? null : await this.findAccount(sellerId));
    return { ...row, link, sellerId, seller };
  }

  /** An account whose event may not have arrived; null when auth does not know it either. */
  async findAccount(userId: string): Promise<Account | null> {
    const [copy] = await this.database.query<{ body: Account }>('select body from account_copies where id = $1', [
      userId,
    ]);
    if (copy !== undefined) return copy.body;
    const answer = await orNull(this.auth.account(userId));
    if (answer === null) return null;
    await keepCopy(this.database, 'account', { id: userId, version: answer.version, body: answer.account });
    return answer.account;
  }

  private async askForLink(id: string): Promise<ShareLink> {
    const answer = await orNull(this.shareLinks.find(id));
    if (answer === null) throw notFound('SHARE_LINK_NOT_FOUND', 'There is no such share link.');
    await keepCopy(this.database, 'link', { id, version: answer.version, body: answer.link });
    return answer.link;
  }
}
