import type { Identity } from '@reseller/http';

/** Limits what is read to the business of an administrator who has one; everybody else is limited by ownership. */
export interface BusinessScope {
  readonly businessId?: string;
}

export function businessScopeOf(caller: Identity): BusinessScope {
  return caller.isAdmin && caller.businessId !== null ? { businessId: caller.businessId } : {};
}
