import { z } from 'zod';
import { isoInstant, pageOf, pageQuery, upperEnum, uuid, type Page } from '@reseller/http';
import { IMPORT_KINDS, IMPORT_STATES } from './import.js';
import type { FailedRow, ImportProgress } from './import.queries.js';

export const businessQuery = z.object({
  businessId: uuid().optional().describe('For administrators of all businesses; the default business unless said'),
});
export type BusinessQuery = z.infer<typeof businessQuery>;

export const importsQuery = z.object({
  ...pageQuery(['createdAt']),
  kind: upperEnum(IMPORT_KINDS).optional(),
  state: upperEnum(IMPORT_STATES).optional(),
});
export type ImportsQuery = z.infer<typeof importsQuery>;

export const importErrorsQuery = z.object(pageQuery(['line'], 'line'));
export type ImportErrorsQuery = z.infer<typeof importErrorsQuery>;

export const importView = z.object({
  id: uuid(),
  businessId: uuid(),
  kind: z.enum(IMPORT_KINDS),
  state: z.enum(IMPORT_STATES),
  rowsTotal: z.int(),
  /** Of these, worked on so far. */
  rowsDone: z.int(),
  rowsApplied: z.int(),
  /** Said what was so already. */
  rowsUnchanged: z.int(),
  rowsFailed: z.int(),
  error: z.string().nullable().describe('Why the work as a whole was given up'),
  createdBy: uuid(),
  createdAt: isoInstant(),
  startedAt: isoInstant().nullable(),
  finishedAt: isoInstant().nullable(),
});
export type ImportView = z.infer<typeof importView>;

export const importReportView = importView.extend({
  errors: pageOf(
    z.object({
      /** Of the file, the first line being 1. */
      line: z.int(),
      sku: z.string().nullable(),
      errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
    }),
  ).describe('The rows that were not applied'),
});
export type ImportReportView = z.infer<typeof importReportView>;

export const toImportView = ({ createdAt, startedAt, finishedAt, ...progress }: ImportProgress): ImportView => ({
  ...progress,
  rowsDone: progress.rowsApplied + progress.rowsUnchanged + progress.rowsFailed,
  createdAt: createdAt.toISOString(),
  startedAt: startedAt?.toISOString() ?? null,
  finishedAt: finishedAt?.toISOString() ?? null,
});

export const toImportReportView = (progress: ImportProgress, failed: Page<FailedRow>): ImportReportView => ({
  ...toImportView(progress),
  errors: { ...failed, data: failed.data.map((row) => ({ ...row, errors: [...row.errors] })) },
});
