import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('answers as soon as the check passes', async () => {
    let calls = 0;
    const answer = await eventually(
      () => {
        calls += 1;
        if (calls < 3) throw new Error('not yet');
        return 'there';
      },
      { intervalMs: 1 },
    );
    expect([answer, calls]).toEqual(['there', 3]);
  });

  it('fails with the last failure, not with a time-out of its own', async () => {
    const waiting = eventually(() => Promise.reject(new Error('three rows missing')), { timeoutMs: 20, intervalMs: 5 });
    await expect(waiting).rejects.toThrow('three rows missing');
  });

  it('takes false for not yet', async () => {
    await expect(eventually(() => false, { timeoutMs: 10, intervalMs: 2 })).rejects.toThrow('still false');
  });
});
