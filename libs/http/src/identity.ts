import { forbidden, unauthenticated } from '@reseller/runtime';
import type { Role } from '@reseller/contracts';

/** Who is calling, as the gateway vouched for it. */
export interface Identity {
  readonly userId: string | null;
  readonly roles: readonly Role[];
  /** The business an ADMIN is limited to; null for one who sees all. */
  readonly businessId: string | null;
  readonly email: string | null;
  /** The sign-in that the access token came from. Absent for anonymous callers. */
  readonly sessionId?: string | null;
  readonly isAdmin: boolean;
  readonly isAnonymous: boolean;
  /** From `X-Order-Token`: lets a guest follow the order it was made for. */
  readonly orderToken: string | null;
}

export const ANONYMOUS: Identity = {
  userId: null,
  roles: [],
  businessId: null,
  email: null,
  isAdmin: false,
  isAnonymous: true,
  orderToken: null,
};

/** The caller's user id. @throws 401 UNAUTHENTICATED for anonymous callers. */
export function requireUser(caller: Identity): string {
  if (caller.userId === null)
    throw unauthenticated('UNAUTHENTICATED', 'Sign in first: send an access token as a Bearer token.');
  return caller.userId;
}

/** @throws 403 FORBIDDEN when `userId` names somebody else and the caller is no ADMIN. */
export function requireSelfOrAdmin(caller: Identity, userId: string): void {
  if (caller.isAdmin || caller.userId === userId) return;
  throw forbidden('FORBIDDEN', 'You may only do this for yourself.');
}

/** Whether the caller is an administrator of this business, or of all. */
export function administers(caller: Identity, businessId: string): boolean {
  return caller.isAdmin && (caller.businessId === null || caller.businessId === businessId);
}
