import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { snakeCaseToo } from './snake-case-query.js';

const query = snakeCaseToo(
  z.strictObject({ businessId: z.string().optional(), sortBy: z.string().optional(), sort: z.string().optional() }),
);
const problemsOf = (sent: unknown) => query.safeParse(sent).error?.issues.map(({ message }) => message) ?? [];

describe('a query that is read in snake_case too', () => {
  it('takes names and names of fields in either spelling', () => {
    expect(query.parse({ business_id: 'x_y', sort_by: 'total_spent', sort: '-created_at' })).toEqual({
      businessId: 'x_y',
      sortBy: 'totalSpent',
      sort: '-createdAt',
    });
    expect(query.parse({ businessId: 'x', sortBy: 'totalSpent' })).toEqual({ businessId: 'x', sortBy: 'totalSpent' });
  });

  it('refuses what it does not know, under the name that was sent, and a name under both spellings', () => {
    expect(problemsOf({ total_spent: '1' })).toEqual([expect.stringContaining('total_spent')]);
    expect(problemsOf({ to_string: '1' })).toEqual([expect.stringContaining('to_string')]);
    expect(problemsOf({ business_id: 'x', businessId: 'x' })).toEqual([expect.stringContaining('business_id')]);
    for (const none of [null, 'text', ['business_id']]) expect(problemsOf(none)).toHaveLength(1);
  });
});
