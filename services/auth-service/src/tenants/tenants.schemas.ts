import { z } from 'zod';
import { isoInstant, pageOf, pageQuery, searchText, shortText, uuid } from '@reseller/http';
import type { Tenant } from '../generated/prisma/client.js';

export const createTenantBody = z.strictObject({ name: shortText(200) });
export type CreateTenantBody = z.infer<typeof createTenantBody>;

export const listTenantsQuery = z.strictObject({
  ...pageQuery(['createdAt', 'name']),
  q: searchText().optional(),
});
export type ListTenantsQuery = z.infer<typeof listTenantsQuery>;

export const tenantView = z
  .object({ id: uuid(), name: z.string(), createdAt: isoInstant(), updatedAt: isoInstant() })
  .meta({ id: 'Tenant' });

export const tenantPage = pageOf(tenantView);

export const toTenantView = (tenant: Tenant): z.infer<typeof tenantView> => ({
  ...tenant,
  createdAt: tenant.createdAt.toISOString(),
  updatedAt: tenant.updatedAt.toISOString(),
});
