import { Inject, Injectable } from '@nestjs/common';
import { DEFAULT_BUSINESS_ID, eventOf, ShareLinkCreated } from '@reseller/contracts';
import { requireSelfOrAdmin, requireUser, type Identity, type IdempotentStep } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { rupeesFromPaise } from '@reseller/money';
import { Database } from '@reseller/persistence';
import { CLOCK, notFound, unprocessable, type Clock } from '@reseller/runtime';
import { AuthClient } from '../clients/auth.client.js';
import { PricingClient } from '../clients/pricing.client.js';
import { ProductCopies } from '../product-copies/product-copies.js';
import { SellerRepository } from '../sellers/seller.repository.js';
import { newLinkCode } from './link-code.js';
import { factOf, type ShareLink } from './share-link.js';
import { ShareLinkRepository } from './share-link.repository.js';

export interface CreateShareLinkCommand {
  readonly caller: Identity;
  /** The caller where it is left out. */
  readonly sellerId: string | null;
  readonly productId: string | null;
  readonly sellerPricePaise: bigint | null;
  readonly expiresAt: Date | null;
  readonly step: IdempotentStep;
  readonly viewOf: (link: ShareLink) => unknown;
}

/** A second draw is next to never needed; a loop without end would hide a generator that is broken. */
const CODE_ATTEMPTS = 5;

@Injectable()
export class CreateShareLink {
  constructor(
    private readonly database: Database,
    private readonly repository: ShareLinkRepository,
    private readonly products: ProductCopies,
    private readonly pricing: PricingClient,
    private readonly auth: AuthClient,
    private readonly sellers: SellerRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * An administrator of one business makes links of its sellers for its products.
   *
   * @throws 403 for somebody else's link; 404 PRODUCT_NOT_FOUND; 422 SELLER_NOT_ACTIVE, PRODUCT_INACTIVE,
   * PRICE_BELOW_BASE, PRICE_ABOVE_LIMIT, EXPIRY_IN_THE_PAST.
   */
  async execute(command: CreateShareLinkCommand): Promise<ShareLink> {
    const now = this.clock.now();
    if (command.expiresAt !== null) requireFuture(command.expiresAt, now);
    const sellerId = await this.sellerOf(command);
    const businessId = await this.businessOf(command);
    const scope = scopeOf(command);
    if (scope !== null && businessId !== scope) throw productNotFound(command.productId);
    const draft = { id: command.step.subjectId, businessId, sellerId, productId: command.productId };
    return this.database.sqlTransaction(async (tx) => {
      for (let attempt = 1; attempt <= CODE_ATTEMPTS; attempt += 1) {
        const { sellerPricePaise, expiresAt } = command;
        const link = await this.repository.insert(tx, {
          ...draft,
          code: newLinkCode(),
          sellerPricePaise,
          expiresAt,
          createdAt: now,
        });
        if (link === undefined) continue;
        await appendToOutbox(tx, [
          eventOf(ShareLinkCreated, {
            aggregateId: link.id,
            aggregateVersion: link.version,
            businessId,
            actor: requireUser(command.caller),
            occurredAt: now,
            data: factOf(link),
          }),
        ]);
        await command.step.remember(tx, 201, command.viewOf(link));
        return link;
      }
      throw new Error('no free code was drawn');
    });
  }

  /** A reseller's own token says that they are one, unless we heard otherwise; for anybody else auth is asked. */
  private async sellerOf({ caller, sellerId: wanted }: CreateShareLinkCommand): Promise<string> {
    const callerId = requireUser(caller);
    const sellerId = wanted ?? callerId;
    requireSelfOrAdmin(caller, sellerId);
    const saysSo = sellerId === callerId && caller.roles.includes('RESELLER');
    const isActive = saysSo
      ? await this.sellers.isActive(this.database, sellerId)
      : await this.auth.isActiveReseller(sellerId, scopeOf({ caller, sellerId }));
    if (isActive) return sellerId;
    throw unprocessable('SELLER_NOT_ACTIVE', 'A share link needs an active reseller.', { sellerId });
  }

  private async businessOf({ caller, productId, sellerPricePaise }: CreateShareLinkCommand): Promise<string> {
    if (productId === null) return caller.businessId ?? DEFAULT_BUSINESS_ID;
    if (sellerPricePaise !== null) return this.businessOfPricedProduct(productId, sellerPricePaise);
    const product = await this.products.find(productId);
    if (product === null) throw productNotFound(productId);
    if (!product.isActive)
      throw unprocessable('PRODUCT_INACTIVE', `"${product.name}" is not for sale at the moment.`, { productId });
    return product.businessId;
  }

  private async businessOfPricedProduct(productId: string, sellerPricePaise: bigint): Promise<string> {
    const check = await this.pricing.checkMargin(productId, sellerPricePaise);
    if (check.reason === null) return check.businessId;
    throw unprocessable(
      check.reason,
      check.reason === 'PRICE_BELOW_BASE'
        ? 'The seller price is below the base price.'
        : 'The seller price is above what this business allows.',
      {
        productId,
        basePrice: rupeesFromPaise(BigInt(check.basePricePaise)),
        maxSellerPrice: rupeesFromPaise(BigInt(check.maxSellerPricePaise)),
      },
    );
  }
}

const productNotFound = (productId: string | null) =>
  notFound('PRODUCT_NOT_FOUND', 'There is no such product.', { productId });

/** The business that an administrator who makes somebody else's link is limited to. */
function scopeOf({ caller, sellerId }: Pick<CreateShareLinkCommand, 'caller' | 'sellerId'>): string | null {
  return sellerId === null || sellerId === caller.userId ? null : caller.businessId;
}

/** @throws 422 EXPIRY_IN_THE_PAST */
export function requireFuture(expiresAt: Date, now: Date): void {
  if (expiresAt > now) return;
  throw unprocessable('EXPIRY_IN_THE_PAST', 'The time at which the link expires has passed already.');
}
