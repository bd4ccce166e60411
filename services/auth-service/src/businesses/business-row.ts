import { PAYMENT_FAILURE_POLICIES } from '@reseller/contracts';
import { z } from 'zod';
import type { Business as BusinessRow } from '../generated/prisma/client.js';
import type { Business } from './business.js';

const failurePolicy = z.enum(PAYMENT_FAILURE_POLICIES).nullable();

/** A row as the domain has it. */
export const businessOf = (row: BusinessRow): Business => ({
  ...row,
  paymentFailurePolicy: failurePolicy.parse(row.paymentFailurePolicy),
});
