import { z } from 'zod';
import { ROLES } from '@reseller/contracts';
import { isoInstant, phoneNumber, shortText, upperEnum, uuid } from '@reseller/http';
import { newPassword } from '../passwords/password.schema.js';
import type { Account } from './account.js';
import { accountEmail } from './email-address.js';

const NAME_LENGTH_MAX = 100;

export const role = () => upperEnum(ROLES);

export const registerBody = z.strictObject({
  email: accountEmail(),
  password: newPassword(),
  firstName: shortText(NAME_LENGTH_MAX).nullish(),
  lastName: shortText(NAME_LENGTH_MAX).nullish(),
  phone: phoneNumber().nullish(),
  role: role().default('CUSTOMER'),
});
export type RegisterBody = z.infer<typeof registerBody>;

/** What people change about themselves; null clears. */
export const profileFields = {
  firstName: shortText(NAME_LENGTH_MAX).nullish(),
  lastName: shortText(NAME_LENGTH_MAX).nullish(),
  phone: phoneNumber().nullish(),
};

/** The version that a change was made to, as `If-Match` says it. */
export const expectedVersion = () => z.int().positive().optional();

export const updateProfileBody = z.strictObject({ ...profileFields, version: expectedVersion() });
export type UpdateProfileBody = z.infer<typeof updateProfileBody>;

const nullableText = () => z.string().nullable();

export const userView = z
  .object({
    id: uuid(),
    email: z.string(),
    emailVerified: z.boolean(),
    firstName: nullableText(),
    lastName: nullableText(),
    phone: nullableText(),
    roles: z.array(z.enum(ROLES)),
    isActive: z.boolean(),
    businessId: uuid().nullable(),
    /** Also the ETag, for `If-Match`. */
    version: z.int(),
    createdAt: isoInstant(),
    updatedAt: isoInstant(),
  })
  .meta({ id: 'User' });
export type UserView = z.infer<typeof userView>;

export function toUserView(account: Account): UserView {
  return {
    id: account.id,
    email: account.email,
    emailVerified: account.emailVerifiedAt !== null,
    firstName: account.firstName,
    lastName: account.lastName,
    phone: account.phone,
    roles: [...account.roles],
    isActive: account.isActive,
    businessId: account.businessId,
    version: Number(account.version),
    createdAt: account.createdAt.toISOString(),
    updatedAt: account.updatedAt.toISOString(),
  };
}

/** What other services are told of a user over HTTP. */
export const internalUserView = z.object({
  id: uuid(),
  email: z.string(),
  emailVerified: z.boolean(),
  firstName: nullableText(),
  lastName: nullableText(),
  phone: nullableText(),
  roles: z.array(z.enum(ROLES)),
  isActive: z.boolean(),
  businessId: uuid().nullable(),
  version: z.int(),
});

export const toInternalUserView = (account: Account): z.infer<typeof internalUserView> => toUserView(account);

export const countUsersQuery = z.strictObject({ businessId: uuid().optional() });
export type CountUsersQuery = z.infer<typeof countUsersQuery>;

export const userCountView = z.object({ count: z.int() });
