import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NO_BALANCES, type SellerBalances } from './account.js';
import { creditAvailable, debitAvailable, type Leg } from './journal.js';

const legs = (list: readonly Leg[]) =>
  Object.fromEntries(list.map(({ account, amountPaise }) => [account, amountPaise]));

describe('a credit to what is available', () => {
  it.each([
    ['goes there where nothing is owed', 0n, 50n, { AVAILABLE: 50n }],
    ['settles what is owed first', -20n, 50n, { RECEIVABLE: 20n, AVAILABLE: 30n }],
    ['may settle no more than a part', -80n, 50n, { RECEIVABLE: 50n }],
  ])('%s', (_, RECEIVABLE, amount, expected) => {
    expect(legs(creditAvailable({ ...NO_BALANCES, RECEIVABLE }, amount))).toEqual(expected);
  });
});

describe('a debit of what is available', () => {
  it.each([
    ['is taken from there', 80n, 50n, { AVAILABLE: -50n }],
    ['is owed where it does not suffice', 20n, 50n, { AVAILABLE: -20n, RECEIVABLE: -30n }],
    ['is all owed where there is nothing', 0n, 50n, { RECEIVABLE: -50n }],
  ])('%s', (_, AVAILABLE, amount, expected) => {
    expect(legs(debitAvailable({ ...NO_BALANCES, AVAILABLE }, amount))).toEqual(expected);
  });
});

it('credits and debits move the whole amount and never leave something available beside something owed', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -1_000n, max: 1_000n })), (amounts) => {
      let balances: SellerBalances = NO_BALANCES;
      let net = 0n;
      for (const amount of amounts) {
        const moved = legs(amount > 0n ? creditAvailable(balances, amount) : debitAvailable(balances, -amount));
        net += amount;
        balances = {
          ...balances,
          AVAILABLE: balances.AVAILABLE + (moved['AVAILABLE'] ?? 0n),
          RECEIVABLE: balances.RECEIVABLE + (moved['RECEIVABLE'] ?? 0n),
        };
        expect(balances).toEqual({ ...NO_BALANCES, AVAILABLE: net > 0n ? net : 0n, RECEIVABLE: net < 0n ? net : 0n });
      }
    }),
  );
});
