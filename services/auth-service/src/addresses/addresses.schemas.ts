import { z } from 'zod';
import { isoInstant, pageOf, pageQuery, phoneNumber, shortText, uuid } from '@reseller/http';
import type { Address } from '../generated/prisma/client.js';

const HOME_COUNTRY = 'IN';
const INDIAN_PINCODE = /^[1-9]\d{5}$/;

const country = () =>
  z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{2}$/, 'must be a country by its two letters, such as IN');

const postalCode = () =>
  z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9][A-Za-z0-9 -]{1,11}$/, 'must be a postal code');

const fields = {
  label: shortText(50).nullish(),
  name: shortText(100),
  line1: shortText(200),
  line2: shortText(200).nullish(),
  city: shortText(100),
  state: shortText(100),
  pincode: postalCode(),
  country: country(),
  phone: phoneNumber(),
  isDefault: z.boolean(),
};

export const createAddressBody = z.strictObject({
  ...fields,
  country: country().default(HOME_COUNTRY),
  isDefault: z.boolean().default(false),
});
export type CreateAddressBody = z.infer<typeof createAddressBody>;

/** What is not said stays. */
export const updateAddressBody = z.strictObject({ ...fields, version: z.int().positive() }).partial();
export type UpdateAddressBody = z.infer<typeof updateAddressBody>;

/** Whether country and postal code fit: checked on the whole address, because a change may name only one of them. */
export const isDeliverable = ({ country, pincode }: Pick<Address, 'country' | 'pincode'>): boolean =>
  country !== HOME_COUNTRY || INDIAN_PINCODE.test(pincode);

export const listAddressesQuery = z.strictObject(pageQuery(['createdAt']));
export type ListAddressesQuery = z.infer<typeof listAddressesQuery>;

export const addressView = z
  .object({
    id: uuid(),
    label: z.string().nullable(),
    name: z.string(),
    line1: z.string(),
    line2: z.string().nullable(),
    city: z.string(),
    state: z.string(),
    pincode: z.string(),
    country: z.string(),
    phone: z.string(),
    isDefault: z.boolean(),
    /** Also the ETag, for `If-Match`. */
    version: z.int(),
    createdAt: isoInstant(),
    updatedAt: isoInstant(),
  })
  .meta({ id: 'Address' });

export const addressPage = pageOf(addressView);

export const toAddressView = (address: Address): z.infer<typeof addressView> => ({
  ...address,
  version: Number(address.version),
  createdAt: address.createdAt.toISOString(),
  updatedAt: address.updatedAt.toISOString(),
});
