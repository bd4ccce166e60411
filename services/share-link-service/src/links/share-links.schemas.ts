import { z } from 'zod';
import { boundedPageOf, isoInstant, pageQuery, queryFlag, rupees, uuid } from '@reseller/http';
import { rupeesFromPaise } from '@reseller/money';
import type { ShownVariant } from '../product-copies/product-copy.js';
import type { ShareLink } from './share-link.js';
import { isForSale, isVariantForSale, type ShownLink } from './show-share-link.js';

/** A code or an id. Codes are lower-case, and people type what they read. */
export const codeOrId = () =>
  z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the code or the id of a share link')
    .transform((text) => text.toLowerCase())
    .meta({ description: 'Code of the share link, or its id' });

export const createShareLinkBody = z
  .strictObject({
    sellerId: uuid().nullish(),
    productId: uuid().nullish(),
    sellerPrice: rupees().nullish(),
    expiresAt: isoInstant().nullish(),
  })
  .refine((body) => typeof body.sellerPrice !== 'number' || typeof body.productId === 'string', {
    path: ['sellerPrice'],
    message: 'needs a productId: only the link of a product has a price',
  })
  .meta({ id: 'CreateShareLink' });
export type CreateShareLinkBody = z.infer<typeof createShareLinkBody>;

export const changeShareLinkBody = z
  .strictObject({
    isActive: z.boolean().optional(),
    expiresAt: isoInstant().nullable().optional(),
    /** What the change was made to; `If-Match` says the same. */
    version: z.int().positive().optional(),
  })
  .refine((body) => body.isActive !== undefined || body.expiresAt !== undefined, 'must change something')
  .meta({ id: 'ChangeShareLink' });
export type ChangeShareLinkBody = z.infer<typeof changeShareLinkBody>;

export const shareLinksQuery = z.strictObject({
  ...pageQuery(['createdAt']),
  sellerId: uuid().optional(),
  productId: uuid().optional(),
  isActive: queryFlag().optional(),
});
export type ShareLinksQuery = z.infer<typeof shareLinksQuery>;

const shareLinkFields = {
  id: z.string(),
  code: z.string(),
  sellerId: z.string(),
  productId: z.string().nullable(),
  url: z.string(),
  expiresAt: z.string().nullable(),
  isActive: z.boolean(),
  sellerPrice: z.number().nullable(),
  createdAt: z.string(),
  version: z.int(),
};

export const shareLinkView = z.object(shareLinkFields).meta({ id: 'ShareLink' });
export const shareLinkPage = boundedPageOf(shareLinkView).meta({ id: 'ShareLinkPage' });

const priceView = z.object({
  basePrice: z.number(),
  /** What the customer pays: the seller price, else the base price. */
  price: z.number(),
  mrp: z.number().nullable(),
});

export const openShareLinkView = z
  .object({
    ...shareLinkFields,
    /** False while nothing can be bought by the link: its product is not for sale, or costs more than the link's price. */
    isAvailable: z.boolean(),
    product: z
      .object({
        id: z.string(),
        name: z.string(),
        slug: z.string(),
        description: z.string().nullable(),
        imageUrl: z.string().nullable(),
        isActive: z.boolean(),
        variants: z.array(
          priceView.extend({
            id: z.string(),
            name: z.string().nullable(),
            imageUrl: z.string().nullable(),
            isAvailable: z.boolean(),
          }),
        ),
      })
      .nullable(),
    pricing: z
      .object({
        basePrice: z.number(),
        sellerPrice: z.number().nullable(),
        price: z.number(),
        currency: z.literal('INR'),
      })
      .nullable(),
  })
  .meta({ id: 'OpenShareLink' });

export function toShareLinkView(link: ShareLink, publicUrl: string): z.infer<typeof shareLinkView> {
  return {
    id: link.id,
    code: link.code,
    sellerId: link.sellerId,
    productId: link.productId,
    url: `${publicUrl}/share/${link.code}`,
    expiresAt: link.expiresAt?.toISOString() ?? null,
    isActive: link.isActive,
    sellerPrice: link.sellerPricePaise === null ? null : rupeesFromPaise(link.sellerPricePaise),
    createdAt: link.createdAt.toISOString(),
    version: Number(link.version),
  };
}

export function toOpenShareLinkView(
  { link, product }: ShownLink,
  publicUrl: string,
): z.infer<typeof openShareLinkView> {
  const view = toShareLinkView(link, publicUrl);
  if (product === null) return { ...view, isAvailable: true, product: null, pricing: null };
  const priceOf = (basePricePaise: bigint): number => rupeesFromPaise(link.sellerPricePaise ?? basePricePaise);
  const variantView = (variant: ShownVariant) => ({
    id: variant.variantId,
    name: variant.name,
    imageUrl: variant.imageUrl,
    basePrice: rupeesFromPaise(variant.basePricePaise),
    price: priceOf(variant.basePricePaise),
    mrp: variant.mrpPaise === null ? null : rupeesFromPaise(variant.mrpPaise),
    isAvailable: product.isActive && isVariantForSale(link, variant),
  });
  return {
    ...view,
    isAvailable: isForSale(link, product),
    product: {
      id: product.productId,
      name: product.name,
      slug: product.slug,
      description: product.description,
      imageUrl: product.imageUrl,
      isActive: product.isActive,
      variants: product.variants.map(variantView),
    },
    pricing: {
      basePrice: rupeesFromPaise(product.basePricePaise),
      sellerPrice: view.sellerPrice,
      price: priceOf(product.basePricePaise),
      currency: 'INR',
    },
  };
}
