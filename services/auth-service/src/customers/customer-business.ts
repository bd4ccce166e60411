import { DEFAULT_BUSINESS_ID } from '@reseller/contracts';
import type { Sql } from '@reseller/persistence';
import { forbidden, unprocessable } from '@reseller/runtime';

/** What a request says about where its customers belong. */
export interface NamedBusiness {
  readonly businessId?: string | undefined;
  readonly tenantId?: string | undefined;
}

/** An administrator, by the business that limits what they see. */
interface Limited {
  readonly businessId: string | null;
}

/**
 * The business to look into; null: all of them.
 *
 * @throws 403 for another than the administrator's own.
 */
export function businessInView(admin: Limited, named: string | undefined): string | null {
  if (admin.businessId !== null && named !== undefined && named !== admin.businessId) {
    throw forbidden('FORBIDDEN', 'You may only manage your own business.');
  }
  return admin.businessId ?? named ?? null;
}

/**
 * The business that a new customer belongs to, with its tenant.
 *
 * @throws 403 for another than the administrator's own; 422 BUSINESS_NOT_FOUND, TENANT_MISMATCH.
 */
export async function businessToAddTo(
  sql: Sql,
  admin: Limited,
  named: NamedBusiness,
): Promise<{ businessId: string; tenantId: string }> {
  const businessId = businessInView(admin, named.businessId) ?? DEFAULT_BUSINESS_ID;
  const [business] = await sql.query<{ tenantId: string }>(
    'select tenant_id as "tenantId" from businesses where id = $1 and is_active',
    [businessId],
  );
  if (business === undefined) throw unprocessable('BUSINESS_NOT_FOUND', 'There is no such active business.');
  if (named.tenantId !== undefined && named.tenantId !== business.tenantId) {
    throw unprocessable('TENANT_MISMATCH', 'The business belongs to another tenant than the one named.');
  }
  return { businessId, tenantId: business.tenantId };
}
