import { Inject, Injectable } from '@nestjs/common';
import { DomainError, LOGGER, type Logger } from '@reseller/runtime';
import type { Quote } from '../clients/pricing.client.js';
import { ProductClient, type StockItem } from '../clients/product.client.js';
import type { Order } from './order-state.js';
import type { PlaceOrderCommand } from './place-order.command.js';
import { SoldOut } from './sold-out.js';

type WantedItems = PlaceOrderCommand['items'];

/** The stock of an order that is being placed. Product holds it; here is what happens when that fails. */
@Injectable()
export class OrderStock {
  constructor(
    private readonly product: ProductClient,
    private readonly soldOut: SoldOut,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws 409 OUT_OF_STOCK for what was refused a moment ago. */
  requireInStock(items: WantedItems): void {
    this.soldOut.requireInStock(items);
  }

  /** All or nothing. @throws 409 OUT_OF_STOCK with what is available. */
  async reserve({ id: orderId, paymentExpiresAt }: Order, items: WantedItems, quote: Quote): Promise<void> {
    this.requireInStock(items);
    try {
      await this.product.reserve(orderId, stockItemsOf(quote), paymentExpiresAt);
    } catch (error) {
      this.soldOut.remember(error, items, quote.lines);
      // A refusal holds nothing; after anything else the reservation may exist.
      const isRefusal = error instanceof DomainError && ['conflict', 'unprocessable', 'not-found'].includes(error.kind);
      if (!isRefusal) await this.release(orderId, 'The reservation could not be confirmed.');
      throw error;
    }
  }

  async release(orderId: string, reason: string): Promise<void> {
    try {
      await this.product.release(orderId, reason);
    } catch (error) {
      this.logger.warn({ err: error, orderId }, 'a reservation stays until product asks for it');
    }
  }
}

/** One entry per variant, however many lines it is on: a reservation locks each variant once. */
function stockItemsOf(quote: Quote): StockItem[] {
  const wanted = new Map<string, number>();
  for (const { variantId, quantity } of quote.lines) wanted.set(variantId, (wanted.get(variantId) ?? 0) + quantity);
  return [...wanted].map(([variantId, quantity]) => ({ variantId, quantity }));
}
