import { z } from 'zod';
import { bodyText, boundedPageOf, pageQuery, queryFlag, searchText, uuid } from '@reseller/http';
import { expectedVersion, profileFields, role, userView } from '../accounts/accounts.schemas.js';

export const listUsersQuery = z.strictObject({
  ...pageQuery(['createdAt', 'email']),
  role: role().optional(),
  isActive: queryFlag().optional(),
  /** Part of an email, a name or a phone number. */
  q: searchText().optional(),
});
export type ListUsersQuery = z.infer<typeof listUsersQuery>;

export const updateUserBody = z.strictObject({
  ...profileFields,
  roles: z
    .array(role())
    .min(1)
    .max(3)
    .transform((roles) => [...new Set(roles)])
    .optional(),
  isActive: z.boolean().optional(),
  /** The business an administrator is limited to; null: all of them. */
  businessId: uuid().nullish(),
  version: expectedVersion(),
  /** Why; kept in the audit log. */
  reason: bodyText(1_000).nullish(),
});
export type UpdateUserBody = z.infer<typeof updateUserBody>;

export const userPage = boundedPageOf(userView);
