import type { ShareLinkCreated } from '@reseller/contracts';
import type { z } from 'zod';
import { gone } from '@reseller/runtime';

export interface ShareLink {
  readonly id: string;
  readonly version: bigint;
  readonly code: string;
  readonly businessId: string;
  readonly sellerId: string;
  /** Null for the link of a reseller's whole shop. */
  readonly productId: string | null;
  readonly sellerPricePaise: bigint | null;
  readonly expiresAt: Date | null;
  readonly isActive: boolean;
  readonly createdAt: Date;
}

export interface SellersLink extends ShareLink {
  /** False once the seller was disabled or is no reseller any more. */
  readonly sellerIsActive: boolean;
}

export const isOpen = (link: SellersLink, now: Date): boolean =>
  link.isActive && link.sellerIsActive && (link.expiresAt === null || now < link.expiresAt);

/** @throws 410 LINK_GONE for a link that was switched off or has expired. */
export function requireOpen(link: SellersLink, now: Date): void {
  if (isOpen(link, now)) return;
  const hasExpired = link.isActive && link.sellerIsActive;
  throw gone('LINK_GONE', hasExpired ? 'This link has expired.' : 'This link is no longer active.');
}

/** The link as events and the order service know it. */
export function factOf(link: ShareLink): z.infer<(typeof ShareLinkCreated)['schema']> {
  return {
    shareLinkId: link.id,
    code: link.code,
    businessId: link.businessId,
    sellerId: link.sellerId,
    productId: link.productId,
    sellerPricePaise: link.sellerPricePaise === null ? null : Number(link.sellerPricePaise),
    expiresAt: link.expiresAt?.toISOString() ?? null,
    isActive: link.isActive,
  };
}
