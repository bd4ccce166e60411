import { z } from 'zod';
import { uuid } from '@reseller/http';
import type { Customer } from './customer.js';

export const internalCustomerView = z.object({
  id: uuid(),
  businessId: uuid(),
  userId: uuid().nullable(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
});

export const toInternalCustomerView = (customer: Customer): z.infer<typeof internalCustomerView> => customer;
