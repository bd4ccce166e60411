import { describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import {
  bodyText,
  emailAddress,
  isoInstant,
  orderRef,
  phoneNumber,
  rupees,
  searchText,
  shortText,
  upperEnum,
  uuid,
} from './wire.js';

const read = (schema: z.ZodType, value: unknown) => {
  const { success, data } = schema.safeParse(value);
  return success ? data : 'refused';
};

describe('phoneNumber', () => {
  it.each([
    ['+919876543210', '+919876543210'],
    ['919876543210', '+919876543210'],
    ['00919876543210', '+919876543210'],
    ['+91 98765-43210', '+919876543210'],
    ['+1 (415) 555.0100', '+14155550100'],
    ['9876543210', '+919876543210'],
    ['09876543210', '+919876543210'],
    ['98765 43210', '+919876543210'],
    ['+91 (0) 98765 43210', '+919876543210'],
    ['+44 (0)20 7946 0958', '+442079460958'],
    ['447911123456', '+447911123456'],
    ['14155550100', '+14155550100'],
    ['98765', 'refused'],
    ['+91 98765 4321', 'refused'],
    ['+91 98765 432101', 'refused'],
    ['+1234567890', '+1234567890'],
    ['call 9876543210', 'refused'],
    ['+919876543210 ext. 12', 'refused'],
    ['+0123456789', 'refused'],
    ['+91abc6543210', 'refused'],
    ['+1234567', 'refused'],
    ['+1234567890123456', 'refused'],
    ['', 'refused'],
    [919876543210, 'refused'],
  ])('reads %p as %s', (given, expected) => expect(read(phoneNumber(), given)).toBe(expected));
});

describe('rupees', () => {
  it.each([0, 1, 1500, 2407.64, 0.01, 999999.99])('takes %d', (value) => expect(read(rupees(), value)).toBe(value));
  it.each([-1, 1.001, 0.1 + 0.2, Number.NaN, Number.POSITIVE_INFINITY, 1e12, 1e-7, '1500', null])(
    'refuses %p',
    (value) => expect(read(rupees(), value)).toBe('refused'),
  );
  it('keeps its bounds', () =>
    expect([read(rupees({ min: 1 }), 0), read(rupees({ max: 5 }), 6)]).toEqual(['refused', 'refused']));
});

describe('texts', () => {
  const ALL = [shortText(), bodyText(), searchText()];

  it('are trimmed', () => expect(ALL.map((schema) => read(schema, '  é 😀 '))).toEqual(['é 😀', 'é 😀', 'é 😀']));
  it.each(['a\0b', 'a\u0007', '\u007fa', 'a\ud800', '\udc00a', '\ud83d and \ude00'])('refuse %j', (text) =>
    expect(ALL.map((schema) => read(schema, text))).toEqual(['refused', 'refused', 'refused']),
  );
  it('have line breaks only where they may', () => {
    expect([read(bodyText(), 'a\r\nb'), read(shortText(), 'a\nb')]).toEqual(['a\r\nb', 'refused']);
  });
  it('are not empty nor too long', () => {
    expect([read(shortText(), '   '), read(shortText(3), 'abcd'), read(bodyText(3), 'abcd')]).toEqual([
      'refused',
      'refused',
      'refused',
    ]);
  });
});

describe('emailAddress', () => {
  it.each([
    [' Jane.Doe@Example.COM ', 'jane.doe@example.com'],
    ['a+b@example.co.in', 'a+b@example.co.in'],
    ['a@b', 'refused'],
    ['a b@example.com', 'refused'],
    ['a@example.com\r\nBcc: x@example.com', 'refused'],
    ['a\0@example.com', 'refused'],
    [`${'a'.repeat(250)}@example.com`, 'refused'],
  ])('reads %j as %s', (given, expected) => expect(read(emailAddress(), given)).toBe(expected));
});

describe('the other schemas', () => {
  it('take words of a set in any case', () => {
    const schema = upperEnum(['PAID', 'SHIPPED']);
    expect([read(schema, ' paid'), read(schema, 'Shipped'), read(schema, 'lost')]).toEqual([
      'PAID',
      'SHIPPED',
      'refused',
    ]);
  });
  it('take ISO instants with an offset', () => {
    const given = ['2026-01-01T00:00:00.000Z', '2026-01-01T05:30:00+05:30', '2026-01-01', '2026-13-01T00:00:00Z'];
    expect(given.map((text) => read(isoInstant(), text) !== 'refused')).toEqual([true, true, false, false]);
  });
  it('take UUIDs alone', () => expect(read(uuid(), "' or 1=1 --")).toBe('refused'));
  it('give ids and order numbers in one spelling', () => {
    const id = '01976F6A-3C2B-7CDE-9F00-AAAAAAAAAAAA';
    expect([read(uuid(), id), read(orderRef(), ` ${id}`), read(orderRef(), 'ord-2026-000123')]).toEqual([
      id.toLowerCase(),
      id.toLowerCase(),
      'ORD-2026-000123',
    ]);
    expect(['ORD-26-1', 'x', ''].map((ref) => read(orderRef(), ref))).toEqual(['refused', 'refused', 'refused']);
  });
});
