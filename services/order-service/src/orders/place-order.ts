import { Inject, Injectable } from '@nestjs/common';
import { paiseToWire } from '@reseller/money';
import { Database, type SqlTx } from '@reseller/persistence';
import {
  CLOCK,
  conflict,
  DomainError,
  LOGGER,
  newId,
  unavailable,
  unprocessable,
  type Clock,
  type Logger,
} from '@reseller/runtime';
import { PricingClient, type Quote } from '../clients/pricing.client.js';
import { ProductClient, type StockItem } from '../clients/product.client.js';
import { Businesses } from '../copies/businesses.js';
import { CONFIG, type OrderServiceConfig } from '../order-service.config.js';
import type { OrderChange } from './order-change.js';
import { findOrder, insertOrder } from './order.repository.js';
import type { Order } from './order-state.js';
import { termsOf } from './order-terms.js';
import { placeOrder } from './order.js';
import { paymentWindowOf } from './payment-window.js';
import type { PlaceOrderCommand } from './place-order.command.js';
import { PlacingContexts, type PlacingContext } from './placing-context.js';
import {
  requireActiveSeller,
  requireBusiness,
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
    private readonly product: ProductClient,
    @Inject(CONFIG) private readonly config: OrderServiceConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute(command: PlaceOrderCommand, step: PlacingStep): Promise<Order> {
    if (command.couponCode !== null) throw unprocessable('COUPON_UNKNOWN', 'There is no such coupon.');
    const context = await this.contexts.load(command);
    if (context.link !== null) requireUsableLink(context.link, command.sellerId, context.now);
    if (context.sellerId !== null) requireActiveSeller(context.seller);

    const quote = await this.pricing.quote(quoteRequestOf(command, context));
    requireQuoteAddsUp(command, quote);
    const business = await this.businesses.find(quote.businessId);
    requireBusiness(command, business);
    if (context.link !== null) requirePricesOfLink(context.link, command, quote);
    requireExpectedTotal(command.expectedTotalPaise, quote);

    const { id, ageMs } = await this.idFor(step.subjectId);
    const terms = termsOf({ id, command, context, quote, business });
    const change = placeOrder(terms, paymentWindowOf(this.config), command.placedBy);
    await this.reserve(id, stockItemsOf(quote));
    await this.write(change, new Date(context.now.getTime() + WRITE_WITHIN_MS - ageMs), step);
    return change.order;
  }

  private async idFor(subjectId: string): Promise<{ id: string; ageMs: number }> {
    const ageMs = Math.max(0, this.clock.now().getTime() - timeOfId(subjectId));
    if (ageMs < ID_GOOD_FOR_MS) return { id: subjectId, ageMs };
    await this.release(subjectId, 'The attempt to place this order was given up.');
    return { id: newId(), ageMs: 0 };
  }

  private async reserve(orderId: string, items: readonly StockItem[]): Promise<void> {
    try {
      await this.product.reserve(orderId, items);
    } catch (error) {
      // A refusal holds nothing; after anything else the reservation may exist.
      const isRefusal = error instanceof DomainError && ['conflict', 'unprocessable', 'not-found'].includes(error.kind);
      if (!isRefusal) await this.release(orderId, 'The reservation could not be confirmed.');
      throw error;
    }
  }

  /** An error of the database leaves open whether the order exists: then product asks us later, and nothing is released. */
  private async write(change: OrderChange, before: Date, step: PlacingStep): Promise<void> {
    const { order } = change;
    const isWritten = await this.database.sqlTransaction(async (tx) => {
      if (!(await insertOrder(tx, change, before))) return false;
      await step.remember(tx, order);
      return true;
    });
    if (isWritten) return;
    if ((await findOrder(this.database, order.id)) !== undefined) {
      throw conflict('IDEMPOTENCY_IN_PROGRESS', 'This order has just been placed by another request. Try again.');
    }
    await this.release(order.id, 'The order was not placed in time.');
    throw unavailable('ORDER_NOT_PLACED', 'Placing the order took too long. Nothing was ordered; try again.');
  }

  private async release(orderId: string, reason: string): Promise<void> {
    try {
      await this.product.release(orderId, reason);
    } catch (error) {
      this.logger.warn({ err: error, orderId }, 'a reservation stays until product asks for it');
    }
  }
}

function quoteRequestOf(command: PlaceOrderCommand, { link, sellerId }: PlacingContext) {
  const { shippingAddress, userId, businessId } = command;
  return {
    businessId: businessId ?? undefined,
    sellerId: sellerId ?? undefined,
    buyerUserId: userId ?? undefined,
    link: link === null ? undefined : { sellerPricePaise: link.sellerPricePaise, productId: link.productId },
    destinationState: typeof shippingAddress === 'string' ? undefined : shippingAddress.state,
    items: command.items.map(({ productId, variantId, quantity, sellerPricePaise }) => ({
      productId,
      variantId,
      quantity,
      sellerPricePaise: link !== null || sellerPricePaise === undefined ? undefined : paiseToWire(sellerPricePaise),
    })),
  };
}

/** One entry per variant, however many lines it is on: a reservation locks each variant once. */
function stockItemsOf(quote: Quote): StockItem[] {
  const wanted = new Map<string, number>();
  for (const { variantId, quantity } of quote.lines) wanted.set(variantId, (wanted.get(variantId) ?? 0) + quantity);
  return [...wanted].map(([variantId, quantity]) => ({ variantId, quantity }));
}

/** A UUIDv7 begins with its Unix time in milliseconds (RFC 9562, 5.7). */
const timeOfId = (id: string): number => Number.parseInt(id.replace('-', '').slice(0, 12), 16);
