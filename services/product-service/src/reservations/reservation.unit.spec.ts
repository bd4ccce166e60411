import { describe, expect, it } from '@jest/globals';
import {
  conversionOf,
  hasSameItems,
  mergeItems,
  noteReturned,
  release,
  RESERVATION_STATUSES,
  restockReturned,
  takeFreeStock,
  takeReserved,
  type Reservation,
  type ReservationStatus,
} from './reservation.js';

const line = (variantId: string, quantity: number, returnedQuantity = 0, restockedQuantity = 0) => ({
  variantId,
  quantity,
  returnedQuantity,
  restockedQuantity,
});

const reservation = (status: ReservationStatus, lines = [line('a', 2)], isCancelled = false): Reservation => ({
  id: 'r',
  ownerType: 'ORDER',
  ownerId: 'o',
  status,
  isCancelled,
  isExpired: false,
  version: 1n,
  reservedAt: new Date(0),
  lines,
});

describe('a payment', () => {
  it.each([
    ['RESERVED', 'take-reserved'],
    ['CONVERTED', 'nothing'],
    ['RELEASED', 'try-free-stock'],
    ['TOMBSTONE', 'try-free-stock'],
    ['RESTOCKED', 'nothing'],
    ['CONVERSION_FAILED', 'nothing'],
  ] as const)('asks of a %s reservation: %s', (status, conversion) => {
    expect(conversionOf(reservation(status))).toBe(conversion);
  });

  it.each(['RELEASED', 'TOMBSTONE'] as const)('asks nothing of a %s reservation whose order is cancelled', (status) => {
    expect(conversionOf(reservation(status, [], true))).toBe('nothing');
  });

  it('takes the pieces out of stock and out of what is reserved', () => {
    expect(takeReserved(reservation('RESERVED')).changes).toEqual([
      { variantId: 'a', stockDelta: -2, reservedDelta: -2, kind: 'SALE' },
    ]);
  });

  it('out of free stock keeps what is known of returns', () => {
    const taken = takeFreeStock(reservation('TOMBSTONE', [line('a', 2, 1)]), [{ variantId: 'a', quantity: 2 }]);
    expect(taken.reservation.lines).toEqual([line('a', 2, 1)]);
    expect(taken.changes).toEqual([{ variantId: 'a', stockDelta: -2, reservedDelta: 0, kind: 'SALE' }]);
  });
});

describe('giving back', () => {
  it('frees reserved pieces, puts back sold ones, and changes no other', () => {
    expect(release(reservation('RESERVED'), { isCancelled: false })).toMatchObject({
      reservation: { status: 'RELEASED' },
      changes: [{ stockDelta: 0, reservedDelta: -2, kind: null }],
    });
    expect(release(reservation('CONVERTED'), { isCancelled: true })).toMatchObject({
      reservation: { status: 'RESTOCKED', isCancelled: true },
      changes: [{ stockDelta: 2, reservedDelta: 0, kind: 'CANCELLATION' }],
    });
    for (const status of ['RELEASED', 'RESTOCKED', 'CONVERSION_FAILED', 'TOMBSTONE'] as const) {
      expect(release(reservation(status), { isCancelled: true })).toMatchObject({
        reservation: { status, isCancelled: true },
        changes: [],
      });
    }
  });

  it('puts back only what a return has not put back already', () => {
    expect(release(reservation('CONVERTED', [line('a', 5, 3, 3)]), { isCancelled: true }).changes).toMatchObject([
      { stockDelta: 2 },
    ]);
    expect(release(reservation('CONVERTED', [line('a', 5, 5, 5)]), { isCancelled: true }).changes).toEqual([]);
  });

  it('never forgets that the order was cancelled', () => {
    for (const status of RESERVATION_STATUSES) {
      expect(release(reservation(status, [line('a', 2)], true), { isCancelled: false }).reservation.isCancelled).toBe(
        true,
      );
    }
  });
});

describe('a return', () => {
  it('adds up, and never exceeds what was ordered', () => {
    const once = noteReturned(reservation('CONVERTED', [line('a', 3)]), [{ variantId: 'a', quantity: 2 }]);
    const twice = noteReturned(once, [
      { variantId: 'a', quantity: 2 },
      { variantId: 'unknown', quantity: 9 },
    ]);
    expect(twice.lines).toEqual([line('a', 3, 3)]);
  });

  it('goes back into stock once, and only after the sale', () => {
    const returned = reservation('CONVERTED', [line('a', 3, 2)]);
    const { reservation: after, changes } = restockReturned(returned);
    expect(changes).toEqual([{ variantId: 'a', stockDelta: 2, reservedDelta: 0, kind: 'RETURN' }]);
    expect(restockReturned(after).changes).toEqual([]);
    expect(restockReturned({ ...returned, status: 'RESERVED' }).changes).toEqual([]);
  });
});

describe('items', () => {
  it('are one per variant, in id order', () => {
    expect(
      mergeItems([
        { variantId: 'b', quantity: 1 },
        { variantId: 'a', quantity: 1 },
        { variantId: 'b', quantity: 2 },
      ]),
    ).toEqual([
      { variantId: 'a', quantity: 1 },
      { variantId: 'b', quantity: 3 },
    ]);
  });

  it('are the same whatever their order', () => {
    const held = reservation('RESERVED', [line('a', 1), line('b', 2)]);
    expect(
      hasSameItems(held, [
        { variantId: 'b', quantity: 2 },
        { variantId: 'a', quantity: 1 },
      ]),
    ).toBe(true);
    expect(hasSameItems(held, [{ variantId: 'a', quantity: 1 }])).toBe(false);
  });
});
