import { Inject, Injectable } from '@nestjs/common';
import { paiseToWire } from '@reseller/money';
import { Database, type SqlTx } from '@reseller/persistence';
import { CLOCK, conflict, newId, unavailable, unprocessable, type Clock } from '@reseller/runtime';
import { PricingClient } from '../clients/pricing.client.js';
import { Businesses } from '../copies/businesses.js';
import { holdAddress } from '../copies/verified-emails.js';
import { CONFIG, type OrderServiceConfig } from '../order-service.config.js';
import { joinAccount } from './order-buyer.js';
import type { OrderChange } from './order-change.js';
import { changeOrder, findOrder, insertOrder } from './order.repository.js';
import type { Order } from './order-state.js';
import { OrderStock } from './order-stock.js';
import { termsOf } from './order-terms.js';
import { placeOrder } from './order.js';
import { paymentRulesOf } from './payment-rules.js';
import type { PlaceOrderCommand } from './place-order.command.js';
import { PlacingContexts, type PlacingContext } from './placing-context.js';
import {
  requireActiveBuyer,
  requireActiveSeller,
  requireBusiness,
  requireCustomerOf,
  requireExpectedTotal,
  requirePricesOfLink,
  requireQuoteAddsUp,
  requireUsableLink,
} from './placing-rules.js';

/*
 * Placing an order spans three services: pricing quotes, product reserves, and then order, history, events and the stored
 * answer are one transaction here. A failure after the reservation gives it back. What dies before it can do so leaves a
 * reservation of an order that never was; product asks us about such ones after two minutes. Therefore an order is not
 * written later than 60 s after its id was made, and no reservation is older than its id.
 */
const WRITE_WITHIN_MS = 60_000;
/** A crashed attempt's id is taken over (its reservation is found again) while there is time left to write. */
const ID_GOOD_FOR_MS = 45_000;

export interface PlacingStep {
  /** The id to give the order: the same one again where a crashed attempt is taken over. */
  readonly subjectId: string;
  /** Stores the answer in the transaction that writes the order. */
  remember(tx: SqlTx, order: Order): Promise<void>;
}

@Injectable()
export class PlaceOrder {
  constructor(
    private readonly database: Database,
    private readonly contexts: PlacingContexts,
    private readonly businesses: Businesses,
    private readonly pricing: PricingClient,
    private readonly stock: OrderStock,
    @Inject(CONFIG) private readonly config: OrderServiceConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(command: PlaceOrderCommand, step: PlacingStep): Promise<Order> {
    if (command.couponCode !== null) throw unprocessable('COUPON_UNKNOWN', 'There is no such coupon.');
    this.stock.requireInStock(command.items);
    const context = await this.contexts.load(command);
    requireActiveBuyer(context.buyer);
    if (context.link !== null) requireUsableLink(context.link, command.sellerId, context.now);
    if (context.sellerId !== null) requireActiveSeller(context.seller);

    // In a crowd the last piece may have gone while this order waited for its turn.
    this.stock.requireInStock(command.items);
    const quote = await this.pricing.quote(quoteRequestOf(command, context));
    requireQuoteAddsUp(command, quote);
    const business = await this.businesses.find(quote.businessId);
    requireBusiness(command, business);
    requireCustomerOf(business, context.customer);
    if (context.link !== null) requirePricesOfLink(context.link, command, quote);
    requireExpectedTotal(command.expectedTotalPaise, quote);

    const { id, ageMs } = await this.idFor(step.subjectId);
    const terms = termsOf({ id, command, context, quote, business });
    const change = placeOrder(terms, paymentRulesOf(this.config, business.settings).window, command.placedBy);
    await this.stock.reserve(change.order, command.items, quote);
    return this.write(change, new Date(context.now.getTime() + WRITE_WITHIN_MS - ageMs), step);
  }

  private async idFor(subjectId: string): Promise<{ id: string; ageMs: number }> {
    const ageMs = Math.max(0, this.clock.now().getTime() - timeOfId(subjectId));
    if (ageMs < ID_GOOD_FOR_MS) return { id: subjectId, ageMs };
    await this.stock.release(subjectId, 'The attempt to place this order was given up.');
    return { id: newId(), ageMs: 0 };
  }

  /** An error of the database leaves open whether the order exists: then product asks us later, and nothing is released. */
  private async write(change: OrderChange, before: Date, step: PlacingStep): Promise<Order> {
    const { order } = change;
    const written = await this.database.sqlTransaction(async (tx) => {
      if (order.userId === null && order.buyerEmail !== null) await holdAddress(tx, order.buyerEmail);
      const inserted = await insertOrder(tx, change, before);
      if (inserted === undefined) return undefined;
      const placed = await this.joinedBy(inserted.provedBy, tx, order);
      await step.remember(tx, placed);
      return placed;
    });
    if (written !== undefined) return written;
    if ((await findOrder(this.database, order.id)) !== undefined) {
      throw conflict('IDEMPOTENCY_IN_PROGRESS', 'This order has just been placed by another request. Try again.');
    }
    await this.stock.release(order.id, 'The order was not placed in time.');
    throw unavailable('ORDER_NOT_PLACED', 'Placing the order took too long. Nothing was ordered; try again.');
  }

  /** The address was proved after the order was begun: who joined guests' orders to the account has not seen this one. */
  private async joinedBy(provedBy: string | null, tx: SqlTx, order: Order): Promise<Order> {
    if (provedBy === null) return order;
    return (await changeOrder(tx, order.id, (placed, now) => joinAccount(placed, provedBy, now))) ?? order;
  }
}

function quoteRequestOf({ businessId, items }: PlaceOrderCommand, context: PlacingContext) {
  const { link, sellerId, userId, shippingAddress } = context;
  return {
    businessId: businessId ?? undefined,
    sellerId: sellerId ?? undefined,
    buyerUserId: userId ?? undefined,
    link: link === null ? undefined : { sellerPricePaise: link.sellerPricePaise, productId: link.productId },
    destinationState: typeof shippingAddress === 'string' ? undefined : shippingAddress.state,
    items: items.map(({ productId, variantId, quantity, sellerPricePaise }) => ({
      productId,
      variantId,
      quantity,
      sellerPricePaise: link !== null || sellerPricePaise === undefined ? undefined : paiseToWire(sellerPricePaise),
    })),
  };
}

/** A UUIDv7 begins with its Unix time in milliseconds (RFC 9562, 5.7). */
const timeOfId = (id: string): number => Number.parseInt(id.replace('-', '').slice(0, 12), 16);
