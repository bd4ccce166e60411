import { readCursor, writeCursor } from '@reseller/http';
import { z } from 'zod';
import type { Condition } from './order-filter.js';

/** The last order of a page, from which the next one goes on. */
interface Cursor {
  readonly createdAt: Date;
  readonly id: string;
}

const place = z.tuple([z.iso.datetime(), z.uuid()]);

export const orderCursorOf = ({ createdAt, id }: Cursor): string => writeCursor([createdAt.toISOString(), id]);

/** @throws 400 for anything that is not a `nextCursor`. */
export function readOrderCursor(text: string): Cursor {
  const [createdAt, id] = readCursor(text, place);
  return { createdAt: new Date(createdAt), id };
}

/** What comes after the cursor in the list's order; the index on (created_at, id) is entered with it. */
export function afterCursor({ createdAt, id }: Cursor, descending: boolean): Condition {
  return { sql: `(o.created_at, o.id) ${descending ? '<' : '>'} ($::timestamptz, $::uuid)`, values: [createdAt, id] };
}
