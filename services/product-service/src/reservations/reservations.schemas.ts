import { z } from 'zod';
import { isoInstant, shortText, uuid } from '@reseller/http';
import type { ReservedStock } from './reserve-stock.js';
import { OWNER_TYPES, RESERVATION_STATUSES, type Reservation } from './reservation.js';

const ITEMS_MAX = 200;
const QUANTITY_MAX = 100_000;

const owner = { ownerType: z.enum(OWNER_TYPES), ownerId: uuid() };
const item = z.strictObject({ variantId: uuid(), quantity: z.int().min(1).max(QUANTITY_MAX) });

export const reserveBody = z.strictObject({ ...owner, items: z.array(item).min(1).max(ITEMS_MAX) });
export type ReserveBody = z.infer<typeof reserveBody>;

export const releaseBody = z.strictObject({ ...owner, reason: shortText(200) });
export type ReleaseBody = z.infer<typeof releaseBody>;

export const reservationView = z.object({
  reservationId: uuid(),
  status: z.enum(RESERVATION_STATUSES),
  items: z.array(z.object({ variantId: uuid(), quantity: z.int() })),
  reservedAt: isoInstant(),
});
export type ReservationView = z.infer<typeof reservationView>;

export function toReservedView({ id, status, items, reservedAt }: ReservedStock): ReservationView {
  return { reservationId: id, status, items: [...items], reservedAt: reservedAt.toISOString() };
}

export function toReservationView({ id, status, lines, reservedAt }: Reservation): ReservationView {
  const items = lines.map(({ variantId, quantity }) => ({ variantId, quantity }));
  return { reservationId: id, status, items, reservedAt: reservedAt.toISOString() };
}
