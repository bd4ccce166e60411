import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { retentionMs } from './retention.js';

it('does not let anything be forgotten before its events are', () => {
  const schema = z.object({ KEPT: retentionMs('30d') });
  expect(schema.parse({})).toEqual({ KEPT: 2_592_000_000 });
  expect(schema.parse({ KEPT: '60d' })).toEqual({ KEPT: 5_184_000_000 });
  expect(schema.safeParse({ KEPT: '29d' }).error?.issues[0]?.message).toBe('must be at least 30d');
});
