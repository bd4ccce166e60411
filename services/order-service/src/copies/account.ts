import { ROLES } from '@reseller/contracts';
import { z } from 'zod';

/** What an order needs to know of an account: whether it may earn, and how to reach it as a buyer. */
export const accountSchema = z.object({
  roles: z.array(z.enum(ROLES)),
  isActive: z.boolean(),
  email: z.string().nullable(),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  phone: z.string().nullable(),
});

export type Account = z.infer<typeof accountSchema>;
