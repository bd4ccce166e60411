import type { StockChange } from '../stock/stock-movement.js';

/*
 * A reservation and what may happen to it, as plain functions. Its row, not the order of events, decides:
 *
 *   RESERVED            cancelled → RELEASED            paid → CONVERTED
 *   CONVERTED           cancelled → RESTOCKED           paid → nothing        returned → that much goes back
 *   RELEASED, TOMBSTONE paid → CONVERTED from free stock or CONVERSION_FAILED, unless cancelled: then nothing
 *   RESTOCKED, CONVERSION_FAILED are final.
 *
 * A return that is told of before the payment is remembered on the line and takes effect with the conversion.
 */
export const RESERVATION_STATUSES = [
  'RESERVED',
  'CONVERTED',
  'RELEASED',
  'RESTOCKED',
  'CONVERSION_FAILED',
  'TOMBSTONE',
] as const;
export type ReservationStatus = (typeof RESERVATION_STATUSES)[number];

export const OWNER_TYPES = ['ORDER'] as const;
export type OwnerType = (typeof OWNER_TYPES)[number];

export interface ReservationOwner {
  readonly ownerType: OwnerType;
  readonly ownerId: string;
}

export interface StockItem {
  readonly variantId: string;
  readonly quantity: number;
}

export interface ReservationLine extends StockItem {
  /** Came back and may be sold again, as events told. */
  readonly returnedQuantity: number;
  /** Of that, or of a cancellation, what has been put back into stock. */
  readonly restockedQuantity: number;
}

export interface Reservation extends ReservationOwner {
  readonly id: string;
  readonly status: ReservationStatus;
  readonly isCancelled: boolean;
  /** It was given back because nobody paid. */
  readonly isExpired: boolean;
  readonly version: bigint;
  readonly reservedAt: Date;
  readonly lines: readonly ReservationLine[];
}

/** The reservation as it becomes, and what that does to stock. */
export interface Transition {
  readonly reservation: Reservation;
  readonly changes: readonly StockChange[];
}

/** One item per variant, in variant id order: two lines of an order may name the same variant. */
export function mergeItems(items: readonly StockItem[]): StockItem[] {
  const quantities = new Map<string, number>();
  for (const { variantId, quantity } of items) quantities.set(variantId, (quantities.get(variantId) ?? 0) + quantity);
  return [...quantities]
    .map(([variantId, quantity]) => ({ variantId, quantity }))
    .sort((left, right) => (left.variantId < right.variantId ? -1 : 1));
}

export function hasSameItems(reservation: Reservation, items: readonly StockItem[]): boolean {
  const key = (list: readonly StockItem[]): string =>
    mergeItems(list)
      .map(({ variantId, quantity }) => `${variantId}:${quantity}`)
      .join();
  return key(reservation.lines) === key(items);
}

/** What a payment asks of a reservation. */
export type Conversion = 'take-reserved' | 'try-free-stock' | 'nothing';

export function conversionOf({ status, isCancelled }: Reservation): Conversion {
  switch (status) {
    case 'RESERVED':
      return 'take-reserved';
    case 'RELEASED':
    case 'TOMBSTONE':
      return isCancelled ? 'nothing' : 'try-free-stock';
    case 'CONVERTED':
    case 'RESTOCKED':
    case 'CONVERSION_FAILED':
      return 'nothing';
  }
}

/** The reserved pieces are sold. */
export function takeReserved(reservation: Reservation): Transition {
  return {
    reservation: { ...reservation, status: 'CONVERTED' },
    changes: reservation.lines.map(({ variantId, quantity }) => sale(variantId, quantity, quantity)),
  };
}

/** The reservation was gone; the same pieces are sold out of what is free. */
export function takeFreeStock(reservation: Reservation, items: readonly StockItem[]): Transition {
  const known = new Map(reservation.lines.map((line) => [line.variantId, line]));
  const lines = mergeItems(items).map(({ variantId, quantity }) => ({
    variantId,
    quantity,
    returnedQuantity: known.get(variantId)?.returnedQuantity ?? 0,
    restockedQuantity: 0,
  }));
  return {
    reservation: { ...reservation, status: 'CONVERTED', lines },
    changes: lines.map(({ variantId, quantity }) => sale(variantId, quantity, 0)),
  };
}

export interface ReleaseFacts {
  /** The order is off for good. */
  readonly isCancelled: boolean;
  /** Nobody paid: the platform let go of it, not a person. */
  readonly isExpired?: boolean;
}

export function failConversion(reservation: Reservation): Reservation {
  return { ...reservation, status: 'CONVERSION_FAILED' };
}

/** Gives back what the reservation holds. */
export function release(reservation: Reservation, { isCancelled, isExpired = false }: ReleaseFacts): Transition {
  const facts = { ...reservation, isCancelled: reservation.isCancelled || isCancelled };
  switch (reservation.status) {
    case 'RESERVED':
      return {
        reservation: { ...facts, status: 'RELEASED', isExpired },
        changes: reservation.lines.map(({ variantId, quantity }) => ({
          variantId,
          stockDelta: 0,
          reservedDelta: -quantity,
          kind: null,
        })),
      };
    case 'CONVERTED':
      return {
        reservation: {
          ...facts,
          status: 'RESTOCKED',
          lines: reservation.lines.map((line) => ({ ...line, restockedQuantity: line.quantity })),
        },
        changes: reservation.lines.flatMap((line) => goesBack(line, line.quantity, 'CANCELLATION')),
      };
    case 'RELEASED':
    case 'RESTOCKED':
    case 'CONVERSION_FAILED':
    case 'TOMBSTONE':
      return { reservation: facts, changes: [] };
  }
}

/** Remembers what came back; {@link restockReturned} puts it into stock once it was sold. */
export function noteReturned(reservation: Reservation, items: readonly StockItem[]): Reservation {
  const returned = new Map(mergeItems(items).map(({ variantId, quantity }) => [variantId, quantity]));
  return {
    ...reservation,
    lines: reservation.lines.map((line) => ({
      ...line,
      returnedQuantity: Math.min(line.quantity, line.returnedQuantity + (returned.get(line.variantId) ?? 0)),
    })),
  };
}

/** Puts back what was returned and has not been put back yet; nothing before the conversion. */
export function restockReturned(reservation: Reservation): Transition {
  if (reservation.status !== 'CONVERTED') return { reservation, changes: [] };
  return {
    reservation: {
      ...reservation,
      lines: reservation.lines.map((line) => ({
        ...line,
        restockedQuantity: Math.max(line.restockedQuantity, line.returnedQuantity),
      })),
    },
    changes: reservation.lines.flatMap((line) => goesBack(line, line.returnedQuantity, 'RETURN')),
  };
}

function sale(variantId: string, quantity: number, outOfReserved: number): StockChange {
  return { variantId, stockDelta: -quantity, reservedDelta: outOfReserved === 0 ? 0 : -outOfReserved, kind: 'SALE' };
}

function goesBack(line: ReservationLine, upTo: number, kind: 'CANCELLATION' | 'RETURN'): StockChange[] {
  const missing = upTo - line.restockedQuantity;
  return missing > 0 ? [{ variantId: line.variantId, stockDelta: missing, reservedDelta: 0, kind }] : [];
}
