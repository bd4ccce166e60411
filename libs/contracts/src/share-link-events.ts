import { z } from 'zod';
import { defineEvent } from './envelope.js';
import { id, instant, nullableId, paise } from './fields.js';

export const shareLinkSchema = z.object({
  shareLinkId: id(),
  code: z.string(),
  businessId: id(),
  sellerId: id(),
  productId: nullableId(),
  sellerPricePaise: paise().nullable(),
  expiresAt: instant().nullable(),
  isActive: z.boolean(),
});

export const ShareLinkCreated = defineEvent({
  type: 'SHARE_LINK_CREATED',
  from: 'share-link',
  aggregate: 'share-link',
  heardBy: ['order'],
  says: 'A reseller made a link.',
  schema: shareLinkSchema,
});

export const ShareLinkUpdated = defineEvent({
  type: 'SHARE_LINK_UPDATED',
  from: 'share-link',
  aggregate: 'share-link',
  heardBy: ['order'],
  says: 'The link as it now stands.',
  schema: shareLinkSchema,
});
