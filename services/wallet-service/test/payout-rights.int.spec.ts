import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import { orderOf, paymentSuccess, userRegistered, userUpdated } from './events.js';
import { ADMIN, reseller, WalletFixture, type Problem } from './wallet-fixture.js';

let wallets: WalletFixture;
beforeAll(async () => {
  wallets = await WalletFixture.start({ PAYOUT_MIN_RUPEES: '10' });
});
afterAll(() => wallets.stop());

describe('asking for a payout', () => {
  it('is for the owner and administrators, and needs a wallet', async () => {
    const owner = await wallets.resellerWith(100);
    const path = `/wallets/${owner.userId}/payouts`;
    expect((await wallets.client.as(reseller()).post(path, { amount: 10 })).status).toBe(403);
    expect((await wallets.client.anonymous().post(path, { amount: 10 })).status).toBe(401);
    const customer = { userId: newId() };
    const answer = await wallets.client
      .as(customer)
      .post<Problem>(`/wallets/${customer.userId}/payouts`, { amount: 10 });
    expect([answer.status, answer.body.code]).toEqual([404, 'WALLET_NOT_FOUND']);
  });

  it('is refused to an account that was disabled, until it is opened again, whatever its token says', async () => {
    const owner = await wallets.resellerWith(100);
    const path = `/wallets/${owner.userId}/payouts`;
    const ask = () => wallets.client.as(owner).post<Problem>(path, { amount: 10 });
    const version = 1_000;
    await wallets.others.tell(userUpdated(owner.userId, ['RESELLER'], { version, isActive: false }));
    await eventually(async () => expect((await ask()).body.code).toBe('ACCOUNT_DISABLED'));
    await wallets.others.tell(userUpdated(owner.userId, ['CUSTOMER'], { version: version + 1, isActive: true }));
    await eventually(async () => expect((await ask()).status).toBe(201));
    await wallets.others.tell(userUpdated(owner.userId, ['CUSTOMER'], { version: version + 2, isActive: false }));
    await eventually(async () => expect((await ask()).status).toBe(403));
    expect((await wallets.client.as(ADMIN).post(path, { amount: 10 })).status).toBe(201);
  });

  it('is refused to who was an administrator until a moment ago, and to one whose own account is disabled', async () => {
    const owner = await wallets.resellerWith(100);
    const dismissed = { userId: newId(), roles: ['ADMIN'] as const };
    wallets.dismissedAdmins.add(dismissed.userId);
    const answer = await wallets.client.as(dismissed).post<Problem>(`/wallets/${owner.userId}/payouts`, { amount: 10 });
    expect([answer.status, answer.body.code]).toEqual([403, 'FORBIDDEN']);

    const both = await wallets.resellerWith(100);
    await wallets.tellHeard(userUpdated(both.userId, ['ADMIN', 'RESELLER'], { version: 1_000, isActive: false }));
    const own = await wallets.client
      .as({ ...both, roles: ['ADMIN', 'RESELLER'] })
      .post<Problem>(`/wallets/${both.userId}/payouts`, { amount: 10 });
    expect([own.status, own.body.code]).toEqual([403, 'ACCOUNT_DISABLED']);
  });

  it('is refused to a disabled account in whatever order its user was heard of, also before it had a wallet', async () => {
    const facts = {
      registered: (userId: string) => userRegistered(userId, ['RESELLER']),
      changed: (userId: string) => userUpdated(userId, ['CUSTOMER'], { version: 2, isActive: true }),
      disabled: (userId: string) => userUpdated(userId, ['CUSTOMER'], { version: 3, isActive: false }),
    };
    const orders = [
      ['registered', 'changed', 'disabled'],
      ['registered', 'disabled', 'changed'],
      ['changed', 'registered', 'disabled'],
      ['changed', 'disabled', 'registered'],
      ['disabled', 'registered', 'changed'],
      ['disabled', 'changed', 'registered'],
    ] as const;
    for (const order of orders) {
      const person = reseller();
      for (const fact of order) await wallets.tellHeard(facts[fact](person.userId));
      const answer = await wallets.client.as(person).post<Problem>(`/wallets/${person.userId}/payouts`, { amount: 10 });
      expect([order, answer.status, answer.body.code]).toEqual([order, 403, 'ACCOUNT_DISABLED']);
    }
    // Heard of before anything else, and then a wallet is opened by what is earned.
    const earner = reseller();
    await wallets.tellHeard(userUpdated(earner.userId, ['CUSTOMER'], { version: 9, isActive: false }));
    await wallets.tellHeard(paymentSuccess(orderOf(earner.userId)));
    const answer = await wallets.client.as(earner).post<Problem>(`/wallets/${earner.userId}/payouts`, { amount: 10 });
    expect(answer.body.code).toBe('ACCOUNT_DISABLED');
  });

  it('stays refused to who was disabled before owners had a row of their own', async () => {
    const { db } = wallets.service;
    const [disabled, open] = [await wallets.resellerWith(100), await wallets.resellerWith(100)];
    await db.query('drop table owners');
    await db.query('alter table wallets add column owner_is_active boolean not null default true');
    await db.query('update wallets set owner_is_active = false, user_version = 7 where seller_id = $1', [
      disabled.userId,
    ]);
    const migration = new URL('../prisma/migrations/20261121102000_owners/migration.sql', import.meta.url);
    await db.query(await readFile(migration, 'utf8'));
    const ask = async (person: typeof open) =>
      (await wallets.client.as(person).post<Problem>(`/wallets/${person.userId}/payouts`, { amount: 10 })).status;
    expect([await ask(disabled), await ask(open)]).toEqual([403, 201]);
    await wallets.tellHeard(userUpdated(disabled.userId, ['RESELLER'], { version: 6, isActive: true }));
    expect(await ask(disabled)).toBe(403);
  });
});
