import { requireUser, type Identity } from '@reseller/http';
import type { CatalogueActor } from './create-product.js';

/** @throws 401 for a caller who is nobody */
export const actorOf = (caller: Identity): CatalogueActor => ({
  userId: requireUser(caller),
  businessId: caller.businessId,
});
