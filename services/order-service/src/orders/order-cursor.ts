import { invalid } from '@reseller/runtime';
import { z } from 'zod';

/** The last order of a page, from which the next one goes on. */
interface Cursor {
  readonly createdAt: Date;
  readonly id: string;
}

const cursorSchema = z.tuple([z.iso.datetime(), z.uuid()]);

export function cursorOf({ createdAt, id }: Cursor): string {
  return Buffer.from(JSON.stringify([createdAt.toISOString(), id])).toString('base64url');
}

/** @throws 400 for anything that is not a `nextCursor`. */
export function readCursor(text: string): Cursor {
  try {
    const [createdAt, id] = cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { createdAt: new Date(createdAt), id };
  } catch {
    throw invalid('VALIDATION_FAILED', 'The request is not valid; see errors.', {
      errors: [{ path: 'cursor', message: 'must be the nextCursor of a page' }],
    });
  }
}

/** Prisma has no row comparison; the outer bound is what the index is entered with, the inner settles ties. */
export function afterCursor({ createdAt, id }: Cursor, descending: boolean) {
  return descending
    ? { createdAt: { lte: createdAt }, OR: [{ createdAt: { lt: createdAt } }, { id: { lt: id } }] }
    : { createdAt: { gte: createdAt }, OR: [{ createdAt: { gt: createdAt } }, { id: { gt: id } }] };
}
