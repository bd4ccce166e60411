import { describe, expect, it } from '@jest/globals';
import { ShortLived } from './short-lived.js';

const HOUR_MS = 3_600_000;

/** A source whose value is the number of times it was read, or what the test answers. */
function source(options: { max?: number; ttlMs?: number } = {}) {
  const reads: string[] = [];
  const asked = { answer: (): Promise<unknown> => Promise.resolve(reads.length) };
  const load = (key: string): Promise<unknown> => {
    reads.push(key);
    return asked.answer();
  };
  return Object.assign(asked, { reads, values: new ShortLived(load, { max: 10, ttlMs: HOUR_MS, ...options }) });
}

describe('ShortLived', () => {
  it('reads a key once, however many ask at the same time and afterwards', async () => {
    const { values, reads } = source();
    expect(await Promise.all([values.get('a'), values.get('a'), values.get('b')])).toEqual([1, 1, 2]);
    expect(await values.get('a')).toBe(1);
    expect(reads).toEqual(['a', 'b']);
  });

  it('keeps that a key names nothing', async () => {
    const one = source();
    one.answer = () => Promise.resolve(undefined);
    expect([await one.values.get('a'), await one.values.get('a')]).toEqual([undefined, undefined]);
    expect(one.reads).toHaveLength(1);
  });

  it('reads again after its time, and each time when that is 0', async () => {
    const [brief, none] = [source({ ttlMs: 20 }), source({ ttlMs: 0 })];
    await brief.values.get('a');
    const until = performance.now() + 20;
    while (performance.now() < until);
    await brief.values.get('a');
    expect(brief.reads).toHaveLength(2);
    expect([await none.values.get('a'), await none.values.get('a')]).toEqual([1, 2]);
  });

  it('reads again what was dropped, and only that', async () => {
    const { values, reads } = source();
    await Promise.all(['a', 'b', 'c'].map((key) => values.get(key)));
    values.drop('a', 'b');
    await Promise.all(['a', 'b', 'c'].map((key) => values.get(key)));
    expect(reads).toEqual(['a', 'b', 'c', 'a', 'b']);
  });

  it('gives a read from before a drop to those who wait, and keeps it not', async () => {
    const one = source();
    let finishOld = (_value: string): void => undefined;
    one.answer = () => new Promise((resolve) => (finishOld = resolve));
    const old = one.values.get('a');
    one.values.drop('a');
    one.answer = () => Promise.resolve('new');
    const fresh = one.values.get('a');
    finishOld('old');
    expect([await old, await fresh, await one.values.get('a')]).toEqual(['old', 'new', 'new']);
    expect(one.reads).toHaveLength(2);
  });

  it('fails for all who wait for a failing read, and reads again for the next', async () => {
    const one = source();
    one.answer = () => Promise.reject(new Error('gone'));
    const outcomes = await Promise.allSettled([one.values.get('a'), one.values.get('a')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    one.answer = () => Promise.resolve('back');
    expect(await one.values.get('a')).toBe('back');
    expect(one.reads).toHaveLength(2);
  });

  it('forgets what was not used for longest when there are too many', async () => {
    const { values, reads } = source({ max: 2 });
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await values.get(key);
    expect(reads).toEqual(['a', 'b', 'c', 'b']);
  });
});
