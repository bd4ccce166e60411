import { Inject, Injectable } from '@nestjs/common';
import { conflict, DomainError } from '@reseller/runtime';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { CONFIG, type OrderServiceConfig } from '../order-service.config.js';
import type { PlaceOrderCommand } from './place-order.command.js';

const VARIANTS_MAX = 10_000;

const refusalSchema = z.object({ items: z.array(z.object({ variantId: z.string(), available: z.int() })) });

type WantedItem = PlaceOrderCommand['items'][number];

interface QuotedLine {
  readonly productId: string;
  readonly variantId: string;
}

/**
 * What product has just refused for want of stock. When a thousand come for the last ten, ten are asked about and the
 * others are told at once, without a quote and a reservation that cannot be. A piece that comes back is offered again
 * when this is forgotten, after `SOLD_OUT_TTL`; who sells is always product's reservation.
 */
@Injectable()
export class SoldOut {
  /** What is left, by variant. */
  private readonly left: LRUCache<string, number>;
  /** The variant that is meant where only its product is named. */
  private readonly variantOf: LRUCache<string, string>;

  constructor(@Inject(CONFIG) config: Pick<OrderServiceConfig, 'SOLD_OUT_TTL'>) {
    // The cache takes 0 for ever.
    const ttl = Math.max(1, config.SOLD_OUT_TTL);
    this.left = new LRUCache({ max: VARIANTS_MAX, ttl });
    this.variantOf = new LRUCache({ max: VARIANTS_MAX, ttl });
  }

  /** @throws 409 OUT_OF_STOCK where an item was refused a moment ago, with what is available. */
  requireInStock(items: readonly WantedItem[]): void {
    const short = items.flatMap(({ productId, variantId: named, quantity: requested }) => {
      const variantId = named ?? this.variantOf.get(productId);
      const available = variantId === undefined ? undefined : this.left.get(variantId);
      return variantId === undefined || available === undefined || requested <= available
        ? []
        : [{ variantId, requested, available }];
    });
    if (short.length > 0) throw conflict('OUT_OF_STOCK', 'There is not enough stock for this.', { items: short });
  }

  /** @param lines what was to be reserved for the items, each of them one product's variant */
  remember(error: unknown, items: readonly WantedItem[], lines: readonly QuotedLine[]): void {
    if (!(error instanceof DomainError) || error.code !== 'OUT_OF_STOCK') return;
    const refusal = refusalSchema.safeParse(error.details);
    for (const { variantId, available } of refusal.data?.items ?? []) {
      this.left.set(variantId, available);
      const productId = lines.find((line) => line.variantId === variantId)?.productId;
      const isMeant = items.some((item) => item.productId === productId && item.variantId === undefined);
      if (productId !== undefined && isMeant) this.variantOf.set(productId, variantId);
    }
  }
}
