import { z } from 'zod';
import { isoInstant, pageQuery, shortText, upperEnum, uuid } from '@reseller/http';
import { RECORD_STATUSES, type ReservationRecord } from './reservation.queries.js';
import type { ReservedStock } from './reserve-stock.js';
import { OWNER_TYPES, RESERVATION_STATUSES, type Reservation } from './reservation.js';

const ITEMS_MAX = 200;
const QUANTITY_MAX = 100_000;

const owner = { ownerType: z.enum(OWNER_TYPES), ownerId: uuid() };
const item = z.strictObject({ variantId: uuid(), quantity: z.int().min(1).max(QUANTITY_MAX) });

export const reserveBody = z.strictObject({
  ...owner,
  items: z.array(item).min(1).max(ITEMS_MAX),
  expiresAt: isoInstant()
    .transform((instant) => new Date(instant))
    .nullable()
    .default(null),
});
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

export const reservationsQuery = z.object({
  ...pageQuery(['reservedAt']),
  status: upperEnum(RECORD_STATUSES).optional(),
  orderId: uuid().optional(),
  variantId: uuid().optional(),
  productId: uuid().optional(),
});
export type ReservationsQuery = z.infer<typeof reservationsQuery>;

const recordFields = {
  reservationId: uuid(),
  orderId: uuid(),
  status: z
    .enum(RECORD_STATUSES)
    .describe(
      'OVERDUE: the time to pay is over and the order service is about to decide; until then the pieces stay held. RELEASED by a person, EXPIRED because nobody paid, FAILED: paid when the stock was gone',
    ),
  reason: z.string().nullable(),
  reservedAt: isoInstant(),
  expiresAt: isoInstant()
    .nullable()
    .describe('Until when the order waits for its payment; a retry moves it. Null: it waits for none'),
  /** When it was converted or given back. */
  settledAt: isoInstant().nullable(),
};

const itemFields = {
  productId: uuid(),
  variantId: uuid(),
  productName: z.string(),
  variantDetails: z.string().nullable(),
  sku: z.string(),
  quantity: z.int(),
  /** What of it is back in stock, by a cancellation or a return. */
  restockedQuantity: z.int(),
};

export const reservationRecordView = z.object({ ...recordFields, ...itemFields });

export const reservationDetailView = z.object({ ...recordFields, items: z.array(z.object(itemFields)) });
export type ReservationDetailView = z.infer<typeof reservationDetailView>;

const toRecordFields = ({ reservationId, orderId, status, reason, ...at }: ReservationRecord) => ({
  reservationId,
  orderId,
  status,
  reason,
  reservedAt: at.reservedAt.toISOString(),
  expiresAt: at.expiresAt?.toISOString() ?? null,
  settledAt: at.settledAt?.toISOString() ?? null,
});

const toItemFields = ({ productId, variantId, productName, variantName, ...record }: ReservationRecord) => ({
  productId,
  variantId,
  productName,
  variantDetails: variantName,
  sku: record.sku,
  quantity: record.quantity,
  restockedQuantity: record.restockedQuantity,
});

export const toReservationRecordView = (record: ReservationRecord): z.infer<typeof reservationRecordView> => ({
  ...toRecordFields(record),
  ...toItemFields(record),
});

export function toReservationDetailView(
  records: readonly [ReservationRecord, ...ReservationRecord[]],
): ReservationDetailView {
  return { ...toRecordFields(records[0]), items: records.map(toItemFields) };
}
