import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, gone, type Clock } from '@reseller/runtime';
import { ProductCopies } from '../product-copies/product-copies.js';
import type { ShownProduct, ShownVariant } from '../product-copies/product-copy.js';
import { OpenLinks } from './open-links.js';
import { linkNotFound } from './own-share-links.js';
import { requireOpen, type ShareLink } from './share-link.js';

export interface ShownLink {
  readonly link: ShareLink;
  /** Null for the link of a whole shop. */
  readonly product: ShownProduct | null;
}

/** Base prices rise after a link was made, and no order may go below them: such a link sells nothing until they fall. */
export const isForSale = (link: ShareLink, product: ShownProduct): boolean =>
  product.isActive && product.variants.some((variant) => isVariantForSale(link, variant));

export const isVariantForSale = ({ sellerPricePaise }: ShareLink, { basePricePaise }: ShownVariant): boolean =>
  sellerPricePaise === null || sellerPricePaise >= basePricePaise;

/** What somebody sees who opens a link. */
@Injectable()
export class ShowShareLink {
  constructor(
    private readonly links: OpenLinks,
    private readonly products: ProductCopies,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 404 LINK_NOT_FOUND; 410 LINK_GONE when it was switched off, has expired, or its product was deleted. */
  async execute(codeOrId: string): Promise<ShownLink> {
    const link = await this.links.find(codeOrId);
    if (link === undefined) throw linkNotFound();
    requireOpen(link, this.clock.now());
    if (link.productId === null) return { link, product: null };
    const product = await this.products.find(link.productId);
    if (product === null) throw gone('LINK_GONE', 'The product of this link is no longer sold.');
    return { link, product };
  }
}
