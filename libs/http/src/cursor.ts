import { invalid } from '@reseller/runtime';
import type { z } from 'zod';

/** Where a page ended, as the opaque text that the next request brings back. */
export function writeCursor(place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @throws 400 VALIDATION_FAILED for anything that is not a `nextCursor` of this list. */
export function readCursor<Schema extends z.ZodType>(text: string, place: Schema): z.infer<Schema> {
  try {
    return place.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    throw invalid('VALIDATION_FAILED', 'The request is not valid; see errors.', {
      errors: [{ path: 'cursor', message: 'must be the nextCursor of a page' }],
    });
  }
}
