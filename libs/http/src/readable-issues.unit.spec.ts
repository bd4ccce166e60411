import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readableIssues } from './readable-issues.js';

const address = z.strictObject({ city: z.string('must be text'), pincode: z.string('must be text') });
const schema = z.strictObject({ items: z.array(z.strictObject({ to: z.union([z.string(), address]) })) });

const said = (value: unknown) => readableIssues(schema.safeParse(value).error?.issues ?? []);

describe('readableIssues', () => {
  it('names fields by their path', () => {
    expect(said({ items: 1 })).toEqual([{ path: 'items', message: expect.stringContaining('array') }]);
  });

  it('says of a union what its nearest member misses', () => {
    expect(said({ items: [{ to: { city: 'Pune' } }] })).toEqual([
      { path: 'items.0.to.pincode', message: 'must be text' },
    ]);
    expect(said({ items: [{ to: { city: 'Pune', pincode: '411001', zip: 1 } }] })).toMatchObject([
      { path: 'items.0.to', message: expect.stringContaining('zip') },
    ]);
  });

  it('says that nothing fits where no member takes the value for its kind', () => {
    expect(said({ items: [{ to: 5 }] })).toEqual([{ path: 'items.0.to', message: 'Invalid input' }]);
  });
});
