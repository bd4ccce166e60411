import { DEFAULT_BUSINESS_ID } from '@reseller/contracts';
import type { Identity } from '@reseller/http';
import { isAdmin, type Account } from './account.js';

/**
 * Whose administrators see an account. Customers and resellers who name no business belong to the default one;
 * administrators who name none stand above all businesses: null.
 */
export function businessOverseeing(account: Pick<Account, 'businessId' | 'roles'>): string | null {
  return account.businessId ?? (isAdmin(account) ? null : DEFAULT_BUSINESS_ID);
}

/**
 * Whom somebody may see: themselves; an administrator without a business everybody; one with a business the accounts of
 * that business.
 */
export function isVisibleTo(account: Account, caller: Pick<Identity, 'userId' | 'isAdmin' | 'businessId'>): boolean {
  if (account.id === caller.userId) return true;
  if (!caller.isAdmin) return false;
  if (caller.businessId === null) return true;
  return businessOverseeing(account) === caller.businessId;
}
