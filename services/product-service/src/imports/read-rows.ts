import type { z } from 'zod';
import { duplicateSku, type ImportRow, type RowOutcome } from './import.js';

export interface ReadRow<T> {
  readonly line: number;
  readonly value: T;
}

/** What the rows say, and those that say nothing usable with every reason why. */
export function readRows<S extends z.ZodType>(
  schema: S,
  rows: readonly ImportRow[],
): { read: ReadRow<z.infer<S>>[]; refused: RowOutcome[] } {
  const read: ReadRow<z.infer<S>>[] = [];
  const refused: RowOutcome[] = [];
  for (const { line, cells, firstLine } of rows) {
    const parsed = schema.safeParse(cells);
    const errors = parsed.success
      ? []
      : parsed.error.issues.map(({ path, message }) => ({
          path: String(path[0] ?? ''),
          code: 'VALIDATION_FAILED',
          message,
        }));
    if (firstLine !== line && cells['sku'] !== undefined) errors.push(duplicateSku(firstLine));
    if (errors.length > 0) refused.push({ line, outcome: 'FAILED', errors });
    else if (parsed.success) read.push({ line, value: parsed.data });
  }
  return { read, refused };
}
