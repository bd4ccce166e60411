import { z } from 'zod';
import { snakeCaseToo, uuid } from '@reseller/http';
import { IMPORT_ROWS_MAX } from './import-limits.js';
import type { GivenRow } from './customers-csv.js';
import { CustomersFile } from './customers-file.js';
import { namedBusiness } from './customers.schemas.js';

/** The file itself: a heading line and a line per customer. */
const csvFile = z
  .unknown()
  .meta({ type: 'string' })
  .transform((given, context): { rows: readonly GivenRow[] } => {
    if (given instanceof CustomersFile) return { rows: given.rows };
    context.addIssue({ code: 'custom', message: 'must be CSV, sent with Content-Type: text/csv' });
    return z.NEVER;
  });

const givenCustomer = z.unknown().meta({
  type: 'object',
  description: '`{ name, phone, email?, whatsappNumber?, notes? }`, each judged by itself',
});

/** Rows are judged one by one later, so that a bad one does not keep the others out. */
const jsonList = z
  .strictObject({ ...namedBusiness, customers: z.array(givenCustomer) })
  .transform(({ customers, ...named }) => ({
    ...named,
    rows: customers.map((values, index): GivenRow => ({ line: index + 1, values })),
  }));

export const importCustomersBody = z.union([jsonList, csvFile]).superRefine(({ rows }, context) => {
  if (rows.length >= 1 && rows.length <= IMPORT_ROWS_MAX) return;
  context.addIssue({ code: 'custom', path: ['customers'], message: `must be 1 to ${IMPORT_ROWS_MAX} customers` });
});
export type ImportCustomersBody = z.infer<typeof importCustomersBody>;

/** For CSV, which has no place for it. */
export const importCustomersQuery = snakeCaseToo(z.strictObject(namedBusiness));
export type ImportCustomersQuery = z.infer<typeof importCustomersQuery>;

export const IMPORT_STATUSES = ['CREATED', 'EXISTS', 'INVALID'] as const;

export const importResultView = z
  .object({
    total: z.int(),
    created: z.int(),
    /** The phone is a customer's already, or stood on an earlier line; nothing was changed. */
    existing: z.int(),
    invalid: z.int(),
    results: z.array(
      z.object({
        /** Of a CSV file: the line, the heading being line 1. Of JSON: which customer, from 1. */
        line: z.int(),
        status: z.enum(IMPORT_STATUSES),
        customerId: uuid().nullable(),
        errors: z.array(z.object({ path: z.string(), message: z.string() })),
      }),
    ),
  })
  .meta({ id: 'CustomerImport' });
export type ImportResult = z.infer<typeof importResultView>;
