import { describe, expect, it } from '@jest/globals';
import { DomainError } from '@reseller/runtime';
import { NO_BALANCES } from '../ledger/account.js';
import { payoutDecidedJournal, payoutRequestedJournal } from './payout-journals.js';
import { PAYOUT_MOVES, PAYOUT_STATUSES, requirePayoutMove } from './payout-status.js';

const posting = {
  journalId: 'journal',
  payout: { id: 'payout', sellerId: 'seller', amountPaise: 500n },
  actor: 'admin',
};

describe('a payout', () => {
  it('can make the moves of its table and no other', () => {
    const possible = PAYOUT_STATUSES.flatMap((from) => PAYOUT_STATUSES.map((to) => [from, to] as const)).filter(
      ([from, to]) => {
        try {
          requirePayoutMove(from, to);
          return true;
        } catch (error) {
          expect(error).toBeInstanceOf(DomainError);
          return false;
        }
      },
    );
    expect(possible).toEqual([
      ['PENDING', 'APPROVED'],
      ['PENDING', 'REJECTED'],
      ['APPROVED', 'COMPLETED'],
      ['APPROVED', 'FAILED'],
      ['COMPLETED', 'REVERSED'],
    ]);
  });

  it('gives every status after which it is over no further move', () => {
    expect(PAYOUT_STATUSES.filter((status) => PAYOUT_MOVES[status].length === 0)).toEqual([
      'REJECTED',
      'FAILED',
      'REVERSED',
    ]);
  });

  it('balances in every journal, and returns under one reference whatever the reason', () => {
    const decided = PAYOUT_STATUSES.flatMap((to) => payoutDecidedJournal(posting, to, NO_BALANCES) ?? []);
    for (const { legs } of [payoutRequestedJournal(posting), ...decided]) {
      expect(legs.reduce((sum, { amountPaise }) => sum + amountPaise, 0n)).toBe(0n);
    }
    expect(decided.map(({ type, reference }) => [type, reference])).toEqual([
      ['PAYOUT_COMPLETED', 'payout:payout:completed'],
      ['PAYOUT_RETURNED', 'payout:payout:returned'],
      ['PAYOUT_RETURNED', 'payout:payout:returned'],
      ['PAYOUT_RETURNED', 'payout:payout:returned'],
    ]);
  });
});
