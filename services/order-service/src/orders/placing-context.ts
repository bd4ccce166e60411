import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { DomainError, notFound, unprocessable } from '@reseller/runtime';
import { AuthClient, type Address, type Customer } from '../clients/auth.client.js';
import { ShareLinkClient, type ShareLink } from '../clients/share-link.client.js';
import type { Account } from '../copies/account.js';
import { ACCOUNT_COPIES, LINK_COPIES } from '../copies/copies.js';
import type { ShippingAddress } from './order-state.js';
import type { PlaceOrderCommand } from './place-order.command.js';
import { requireNameable, requireOwnBuyer } from './placing-rules.js';

/** What the order service itself knows when an order is placed. */
export interface PlacingContext {
  /** The database's time: when the order is placed. */
  readonly now: Date;
  readonly orderNumber: string;
  /** Who buys: who signed in or is ordered for, else the account that has verified the guest's address. */
  readonly userId: string | null;
  readonly link: ShareLink | null;
  /** Who earns: the link's owner, else the seller that was named. */
  readonly sellerId: string | null;
  readonly seller: Account | null;
  /** The account that signed in. Of an account that a guest's address belongs to the guest learns nothing. */
  readonly buyer: Account | null;
  /** The contact of the business that was named. */
  readonly customer: Customer | null;
  /** Which customer the buyer's account is, by business; of an account that has not ordered there nothing is known. */
  readonly customerIds: Readonly<Record<string, string>> | null;
  readonly shippingAddress: ShippingAddress;
}

/** One round trip for the usual case, in which every copy is here. */
const LOAD = `with link as (select body from share_link_copies where id = $1::uuid),
  who as (select coalesce($3::uuid, (select user_id from verified_emails where email = lower($4))) as user_id)
  select clock_timestamp() as now, next_order_number(clock_timestamp()) as "orderNumber",
    (select user_id from who) as "userId",
    (select jsonb_object_agg(business_id, customer_id) from customer_copies
      where user_id = (select user_id from who)) as "customerIds",
    (select body from link) as link,
    (select body from account_copies where id = coalesce((select (body ->> 'sellerId')::uuid from link), $2::uuid)) as seller,
    (select body from account_copies where id = $3::uuid) as buyer`;

/** How the buyer is known: to an administrator the customer's own contact counts where none is given. */
function contactOf({ userId, email, placedBy }: PlaceOrderCommand, customer: Customer | null) {
  const known = placedBy.role === 'ADMIN' ? customer : null;
  return { userId: userId ?? known?.userId ?? null, email: email ?? known?.email ?? null };
}

type Row = Omit<PlacingContext, 'sellerId' | 'customer' | 'shippingAddress'>;

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

  /** @throws 404 SHARE_LINK_NOT_FOUND, 422 CUSTOMER_UNKNOWN or ADDRESS_UNKNOWN for what nobody knows. */
  async load(command: PlaceOrderCommand): Promise<PlacingContext> {
    const { shareLinkId, sellerId: named } = command;
    const customer = await this.customerOf(command);
    const contact = contactOf(command, customer);
    const [row] = await this.database.query<Row>(LOAD, [shareLinkId, named, contact.userId, contact.email]);
    if (row === undefined) throw new Error('a select without from gave no row');
    requireOwnBuyer(command, customer, row.customerIds);
    const link = row.link ?? (shareLinkId === null ? null : await this.askForLink(shareLinkId));
    const sellerId = link?.sellerId ?? named;
    const seller = row.seller ?? (sellerId === null ? null : await this.findAccount(sellerId));
    const shippingAddress = command.shippingAddress ?? (await this.addressOf(row.userId, command.shippingAddressId));
    return { ...row, link, sellerId, seller, customer, shippingAddress };
  }

  /** An account whose event may not have arrived; null when auth does not know it either. */
  async findAccount(userId: string): Promise<Account | null> {
    const copy = await ACCOUNT_COPIES.find(this.database, userId);
    if (copy !== undefined) return copy.body;
    const answer = await orNull(this.auth.account(userId));
    if (answer === null) return null;
    await ACCOUNT_COPIES.keep(this.database, { id: userId, version: answer.version, body: answer.account });
    return answer.account;
  }

  private async customerOf(command: PlaceOrderCommand): Promise<Customer | null> {
    if (command.customerId === null) return null;
    return requireNameable(await this.auth.customer(command.customerId), command);
  }

  private async addressOf(userId: string | null, addressId: string | null): Promise<ShippingAddress> {
    const isNamed = userId !== null && addressId !== null;
    const address = isNamed ? await this.auth.address(userId, addressId) : undefined;
    if (address === undefined) throw unprocessable('ADDRESS_UNKNOWN', 'The buyer has no such address.');
    return shippingAddressOf(address);
  }

  private async askForLink(id: string): Promise<ShareLink> {
    const answer = await orNull(this.shareLinks.find(id));
    if (answer === null) throw notFound('SHARE_LINK_NOT_FOUND', 'There is no such share link.');
    await LINK_COPIES.keep(this.database, { id, version: answer.version, body: answer.link });
    return answer.link;
  }
}

const shippingAddressOf = ({ line2, ...address }: Address): ShippingAddress =>
  line2 === null ? address : { ...address, line2 };
