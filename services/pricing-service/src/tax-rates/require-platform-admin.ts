import type { Identity } from '@reseller/http';
import { forbidden } from '@reseller/runtime';

/** Tax is the law's, not a business's. @throws 403 for an ADMIN who is limited to one business. */
export function requirePlatformAdmin(caller: Identity): void {
  if (caller.isAdmin && caller.businessId === null) return;
  throw forbidden(
    'FORBIDDEN',
    'Tax rates hold for every business: only an administrator of the platform changes them.',
  );
}
