import { describe, expect, it } from '@jest/globals';
import { childTraceparent, correlation, newTraceparent } from './correlation.js';
import { newId } from './ids.js';

describe('correlation', () => {
  it('follows its own work and no other', async () => {
    const traceparent = newTraceparent();
    const requestIds = await Promise.all(
      ['one', 'two'].map((requestId) =>
        correlation.run({ requestId, traceparent }, async () => {
          await Promise.resolve();
          return correlation.current()?.requestId;
        }),
      ),
    );
    expect(requestIds).toEqual(['one', 'two']);
    expect(correlation.current()).toBeUndefined();
  });
});

describe('traceparent', () => {
  const FORM = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

  it('never comes twice', () => {
    const made = Array.from({ length: 2_000 }, newTraceparent);
    for (const traceparent of made) expect(traceparent).toMatch(FORM);
    expect(new Set(made.map((text) => text.slice(3, 35))).size).toBe(2_000);
  });

  it('of a child keeps the trace and its flags, with a span of its own', () => {
    const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
    const child = childTraceparent(parent);
    expect(child).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/);
    expect(child).not.toBe(parent);
  });

  it.each([
    undefined,
    '',
    'nonsense',
    '00-xyz-b7ad6b7169203331-01',
    '01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nX: y',
  ])('is a new one instead of %j', (incoming) => expect(childTraceparent(incoming)).toMatch(FORM));
});

describe('newId', () => {
  it('sorts by the time it was made', () => {
    const ids = Array.from({ length: 500 }, newId);
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(500);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });
});
