import { describe, expect, it } from '@jest/globals';
import type { Delivery, Disposition } from './transport.js';
import { WorkQueue } from './work-queue.js';

const delivery = (id: string, type = 'HEAVY'): Delivery => ({
  id,
  type,
  body: '{}',
  headers: {},
  attempt: 1,
  firstFailedAt: null,
});

function recordingQueue(concurrency: number) {
  const batches: string[][] = [];
  const releases: (() => void)[] = [];
  const queue = new WorkQueue({
    concurrency,
    batchMax: (type) => (type === 'LIGHT' ? 3 : 1),
    work: async (batch) => {
      batches.push(batch.map(({ id }) => id));
      await new Promise<void>((resolve) => releases.push(resolve));
      return batch.map((): Disposition => ({ kind: 'done' }));
    },
  });
  return { queue, batches, releaseNext: () => releases.shift()?.() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a work queue', () => {
  it('works on no more than its concurrency at a time', async () => {
    const { queue, batches, releaseNext } = recordingQueue(2);
    const settled = ['a', 'b', 'c'].map((id) => queue.push(delivery(id)));
    await turn();
    expect(batches).toEqual([['a'], ['b']]);
    releaseNext();
    expect(await settled[0]).toEqual({ kind: 'done' });
    await turn();
    expect(batches).toEqual([['a'], ['b'], ['c']]);
  });

  it('puts light deliveries that wait into one batch, up to its size, around heavy ones', async () => {
    const { queue, batches, releaseNext } = recordingQueue(1);
    const types = ['LIGHT', 'HEAVY', 'LIGHT', 'LIGHT', 'LIGHT'];
    types.forEach((type, index) => void queue.push(delivery(String(index), type)));
    await turn();
    releaseNext();
    await turn();
    releaseNext();
    await turn();
    expect(batches).toEqual([['0', '2', '3'], ['1'], ['4']]);
  });

  it('gives back what has not begun and finishes what has', async () => {
    const { queue, releaseNext } = recordingQueue(1);
    const [begun, waiting] = [queue.push(delivery('a')), queue.push(delivery('b'))];
    await turn();
    queue.abandonWaiting();
    expect(await waiting).toEqual({ kind: 'abandon' });
    releaseNext();
    expect(await begun).toEqual({ kind: 'done' });
  });
});
