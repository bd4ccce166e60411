import { describe, expect, it } from '@jest/globals';
import { invalid, unavailable } from '@reseller/runtime';
import { afterFailure, UnprocessableEventError } from './retry-ladder.js';
import type { Delivery } from './transport.js';

const NOW = new Date('2026-01-31T10:00:00.000Z');
const LADDER = [5_000, 30_000];

const delivery = (attempt: number, firstFailedAt: string | null = null): Delivery => ({
  id: 'e1',
  type: 'T',
  body: '{}',
  headers: {},
  attempt,
  firstFailedAt,
});

describe('after a failed attempt', () => {
  it('climbs the ladder step by step and ends on the dead queue', () => {
    const after = (attempt: number) => afterFailure(delivery(attempt), new Error('no'), LADDER, NOW);
    expect(after(1)).toMatchObject({ kind: 'retry', delayMs: 5_000 });
    expect(after(2)).toMatchObject({ kind: 'retry', delayMs: 30_000 });
    expect(after(3)).toMatchObject({ kind: 'dead', failure: { attempts: 3 } });
  });

  it('remembers when it failed first', () => {
    const first = afterFailure(delivery(1), new Error('no'), LADDER, NOW);
    expect(first).toMatchObject({ failure: { firstFailedAt: NOW.toISOString() } });
    const second = afterFailure(delivery(2, '2026-01-31T09:59:55.000Z'), new Error('no'), LADDER, NOW);
    expect(second).toMatchObject({ failure: { firstFailedAt: '2026-01-31T09:59:55.000Z' } });
  });

  it('parks at once what is invalid, and retries what is unavailable', () => {
    const after = (error: unknown) => afterFailure(delivery(1), error, LADDER, NOW).kind;
    expect(after(invalid('BAD', 'bad'))).toBe('dead');
    expect(after(new UnprocessableEventError('malformed'))).toBe('dead');
    expect(after(unavailable('AWAY', 'away'))).toBe('retry');
    expect(after('a string that was thrown')).toBe('retry');
  });

  it('keeps error and stack short enough for a message header', () => {
    const error = new Error('x'.repeat(50_000));
    const disposition = afterFailure(delivery(3), error, LADDER, NOW);
    expect(JSON.stringify(disposition).length).toBeLessThan(10_000);
  });
});
