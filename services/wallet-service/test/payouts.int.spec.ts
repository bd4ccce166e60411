import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import type { PayoutView } from '../src/payouts/payouts.schemas.js';
import { ADMIN, reseller, WalletFixture, type PageOf, type Problem } from './wallet-fixture.js';

let wallets: WalletFixture;
beforeAll(async () => {
  wallets = await WalletFixture.start({ PAYOUT_MIN_RUPEES: '10' });
});
afterAll(() => wallets.stop());

const figures = async (sellerId: string) => {
  const { availableBalance, payoutInTransit, receivable } = await wallets.wallet(sellerId);
  return [availableBalance, payoutInTransit, receivable];
};

const inParallel = <T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => run(index)));

describe('asking for a payout', () => {
  it('takes the amount out of what is available and waits for a decision', async () => {
    const person = await wallets.resellerWith(10_000);
    const answer = await wallets.client.as(person).post<PayoutView>(`/wallets/${person.userId}/payouts`, {
      amount: 5000.0,
      bankAccount: 'Account ending in 1234',
      notes: 'Monthly payout',
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      sellerId: person.userId,
      amount: 5000,
      currency: 'INR',
      status: 'PENDING',
      bankAccount: 'Account ending in 1234',
      notes: 'Monthly payout',
      adminNotes: null,
      requestedBy: person.userId,
      decidedBy: null,
    });
    expect(await figures(person.userId)).toEqual([5000, 5000, 0]);
    const { data } = await wallets.transactions(person.userId, 'type=payout_requested');
    expect(data).toEqual([
      expect.objectContaining({
        type: 'PAYOUT_REQUESTED',
        balance: 'AVAILABLE',
        amount: -5000,
        balanceBefore: 10_000,
        balanceAfter: 5000,
        payoutId: answer.body.id,
      }),
    ]);
    expect(await wallets.eventsOf(answer.body.id)).toEqual([
      {
        type: 'PAYOUT_REQUESTED',
        data: {
          payoutId: answer.body.id,
          sellerId: person.userId,
          amountPaise: 500_000,
          status: 'PENDING',
          notes: 'Monthly payout',
        },
      },
    ]);
  });

  it('is refused beyond the balance, with what is available', async () => {
    const person = await wallets.resellerWith(99.5);
    const answer = await wallets.client
      .as(person)
      .post<Problem>(`/wallets/${person.userId}/payouts`, { amount: 99.51 });
    expect([answer.status, answer.body.code, answer.body.details]).toEqual([
      409,
      'INSUFFICIENT_BALANCE',
      { available: 99.5 },
    ]);
    expect(await figures(person.userId)).toEqual([99.5, 0, 0]);
  });

  it.each([
    ['below the minimum', { amount: 9.99 }, 422, 'PAYOUT_BELOW_MINIMUM'],
    ['of nothing', { amount: 0 }, 400, 'VALIDATION_FAILED'],
    ['with a third decimal', { amount: 10.001 }, 400, 'VALIDATION_FAILED'],
    ['with an unknown field', { amount: 10, status: 'APPROVED' }, 400, 'VALIDATION_FAILED'],
  ])('is refused %s', async (_, body, status, code) => {
    const person = await wallets.resellerWith(100);
    const answer = await wallets.client.as(person).post<Problem>(`/wallets/${person.userId}/payouts`, body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it.each([2, 10])('lets one of %i win that ask for the whole balance at the same time', async (count) => {
    const person = await wallets.resellerWith(100);
    const answers = await inParallel(count, () =>
      wallets.client.as(person).post<Problem>(`/wallets/${person.userId}/payouts`, { amount: 100 }),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(count - 1);
    expect(await figures(person.userId)).toEqual([0, 100, 0]);
  });

  it('gives the first answer again for the same Idempotency-Key, also to ten at once', async () => {
    const person = await wallets.resellerWith(100);
    const path = `/wallets/${person.userId}/payouts`;
    const key = { 'Idempotency-Key': newId() };
    const answers = await inParallel(10, () => wallets.client.as(person).post<PayoutView>(path, { amount: 40 }, key));
    const created = answers.filter(({ status }) => status === 201);
    expect(new Set(created.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    const replay = await wallets.client.as(person).post<PayoutView>(path, { amount: 40 }, key);
    expect([replay.status, replay.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(replay.body).toEqual(created[0]?.body);
    expect((await wallets.client.as(person).post(path, { amount: 41 }, key)).status).toBe(422);
    expect(await figures(person.userId)).toEqual([60, 40, 0]);
  });
});

describe('deciding on a payout', () => {
  it('approves and completes: the money has left', async () => {
    const person = await wallets.resellerWith(100);
    const payout = await wallets.requestPayout(person, 60);
    const approved = await wallets.client
      .as(ADMIN)
      .patch<PayoutView>(`/wallets/payouts/${payout.id}`, { status: 'APPROVED', notes: 'Payout approved' });
    expect(approved.status).toBe(200);
    expect(approved.body).toMatchObject({ status: 'APPROVED', adminNotes: 'Payout approved', decidedBy: ADMIN.userId });
    expect(await figures(person.userId)).toEqual([40, 60, 0]);
    const completed = await wallets.client
      .as(ADMIN)
      .patch<PayoutView>(`/wallets/payouts/${payout.id}`, { status: 'completed', reference: 'UTR123' });
    expect(completed.body).toMatchObject({ status: 'COMPLETED', reference: 'UTR123', adminNotes: 'Payout approved' });
    expect(await figures(person.userId)).toEqual([40, 0, 0]);
    expect((await wallets.eventsOf(payout.id)).map(({ type, data }) => data['action'] ?? type)).toEqual([
      'PAYOUT_REQUESTED',
      'PAYOUT_APPROVED',
      'PAYOUT_APPROVED',
      'PAYOUT_COMPLETED',
      'PAYOUT_COMPLETED',
    ]);
    const { data } = await wallets.transactions(person.userId, 'type=PAYOUT_COMPLETED');
    expect(data).toEqual([
      expect.objectContaining({ balance: 'PAYOUT_IN_TRANSIT', amount: -60, balanceBefore: 60, balanceAfter: 0 }),
    ]);
  });

  it.each([
    ['REJECTED', ['REJECTED'], 'Payout rejected'],
    ['FAILED', ['APPROVED', 'FAILED'], 'Payout failed'],
    ['REVERSED', ['APPROVED', 'COMPLETED', 'REVERSED'], 'Payout came back from the bank'],
  ])('gives the amount back when it was %s, once', async (_, statuses, description) => {
    const person = await wallets.resellerWith(100);
    const payout = await wallets.requestPayout(person, 60);
    for (const status of statuses) expect((await wallets.decide(payout.id, status)).status).toBe(200);
    expect((await wallets.decide(payout.id, statuses.at(-1) ?? '')).status).toBe(200);
    expect(await figures(person.userId)).toEqual([100, 0, 0]);
    const { data } = await wallets.transactions(person.userId, 'type=PAYOUT_RETURNED');
    expect(data).toEqual([expect.objectContaining({ balance: 'AVAILABLE', amount: 60, description })]);
    const journals = await wallets.service.db.query<{ reverses: string | null }>(
      `select reverses from journals where reference = 'payout:' || $1 || ':returned'`,
      [payout.id],
    );
    expect(journals).toEqual([{ reverses: expect.any(String) }]);
  });

  it('settles what is owed first when an amount comes back', async () => {
    const person = await wallets.resellerWith(100);
    const payout = await wallets.requestPayout(person, 60);
    await wallets.adjust(person.userId, -70);
    expect(await figures(person.userId)).toEqual([0, 60, 30]);
    await wallets.decide(payout.id, 'REJECTED');
    expect(await figures(person.userId)).toEqual([30, 0, 0]);
  });

  it('refuses every other move, with the ones that are allowed', async () => {
    const person = await wallets.resellerWith(100);
    const payout = await wallets.requestPayout(person, 60);
    const early = await wallets.decide(payout.id, 'COMPLETED');
    expect([early.status, early.body.code, early.body.details]).toEqual([
      409,
      'INVALID_STATUS_TRANSITION',
      { from: 'PENDING', to: 'COMPLETED', allowed: ['APPROVED', 'REJECTED'] },
    ]);
    await wallets.decide(payout.id, 'REJECTED');
    for (const status of ['PENDING', 'APPROVED', 'COMPLETED', 'FAILED', 'REVERSED']) {
      expect((await wallets.decide(payout.id, status)).status).toBe(409);
    }
    expect((await wallets.decide(payout.id, 'PAID')).status).toBe(400);
    expect((await wallets.decide(newId(), 'APPROVED')).status).toBe(404);
  });

  it('answers the payout as it is when its status is named again, and tells nobody twice', async () => {
    const person = await wallets.resellerWith(100);
    const payout = await wallets.requestPayout(person, 60);
    const [first, second] = await inParallel(2, () => wallets.decide(payout.id, 'APPROVED'));
    expect(first?.status).toBe(200);
    expect(second?.body).toEqual(first?.body);
    expect(await wallets.eventsOf(payout.id)).toHaveLength(3);
  });

  it('lets one win when it is approved and rejected at the same time', async () => {
    const person = await wallets.resellerWith(100);
    const payout = await wallets.requestPayout(person, 60);
    const answers = await inParallel(6, (index) =>
      wallets.decide(payout.id, index % 2 === 0 ? 'APPROVED' : 'REJECTED'),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 200, 200, 409, 409, 409]);
    const won = (await wallets.client.as(ADMIN).get<PayoutView>(`/wallets/payouts/${payout.id}`)).body.status;
    expect(await figures(person.userId)).toEqual(won === 'APPROVED' ? [40, 60, 0] : [100, 0, 0]);
  });

  it('is for administrators who still are, and never for the one who is paid or asked', async () => {
    const seller = { userId: newId(), roles: ['RESELLER', 'ADMIN'] as const };
    await wallets.client.as(seller).get(`/wallets/${seller.userId}`);
    await wallets.adjust(seller.userId, 100);
    const own = await wallets.client.as(seller).post<PayoutView>(`/wallets/${seller.userId}/payouts`, { amount: 20 });
    const asked = await wallets.client.as(ADMIN).post<PayoutView>(`/wallets/${seller.userId}/payouts`, { amount: 20 });
    const path = `/wallets/payouts/${own.body.id}`;
    const byOwner = await wallets.client.as(seller).patch<Problem>(path, { status: 'APPROVED' });
    expect([byOwner.status, byOwner.body.code]).toEqual([403, 'OWN_PAYOUT']);
    const byAsker = await wallets.decide(asked.body.id, 'APPROVED');
    expect([byAsker.status, byAsker.body.code]).toEqual([403, 'OWN_PAYOUT']);
    expect((await wallets.client.as(reseller(seller.userId)).patch(path, { status: 'APPROVED' })).status).toBe(403);
    const dismissed = { userId: newId(), roles: ['ADMIN'] as const };
    wallets.dismissedAdmins.add(dismissed.userId);
    expect((await wallets.decide(own.body.id, 'APPROVED', dismissed)).status).toBe(403);
    expect(await figures(seller.userId)).toEqual([60, 40, 0]);
  });
});

describe('looking at payouts', () => {
  it('shows resellers their own and administrators all', async () => {
    const [asha, ravi] = await Promise.all([wallets.resellerWith(100), wallets.resellerWith(100)]);
    const first = await wallets.requestPayout(asha, 10);
    const second = await wallets.requestPayout(asha, 20);
    await wallets.requestPayout(ravi, 30);
    await wallets.decide(first.id, 'APPROVED');

    const own = await wallets.client.as(asha).get<PageOf<PayoutView>>('/wallets/payouts');
    expect(own.body).toMatchObject({ total: 2, skip: 0, take: 20 });
    expect(own.body.data.map(({ id }) => id)).toEqual([second.id, first.id]);
    const pending = await wallets.client
      .as(asha)
      .get<PageOf<PayoutView>>(`/wallets/payouts?sellerId=${asha.userId}&status=pending`);
    expect(pending.body.data.map(({ id }) => id)).toEqual([second.id]);
    expect((await wallets.client.as(ravi).get(`/wallets/payouts?sellerId=${asha.userId}`)).status).toBe(403);
    expect((await wallets.client.as(asha).get('/wallets/payouts?status=PAID')).status).toBe(400);

    const all = await wallets.client
      .as(ADMIN)
      .get<PageOf<PayoutView>>(`/wallets/payouts?sellerId=${asha.userId}&take=1&skip=1`);
    expect(all.body).toMatchObject({ total: 2, skip: 1, take: 1, data: [{ id: first.id, status: 'APPROVED' }] });
    expect((await wallets.client.as(asha).get(`/wallets/payouts/${first.id}`)).status).toBe(200);
    expect((await wallets.client.as(ravi).get(`/wallets/payouts/${first.id}`)).status).toBe(404);
    expect((await wallets.client.as(ADMIN).get('/wallets/payouts/not-a-uuid')).status).toBe(400);
  });

  it('limits an administrator of a business to that business', async () => {
    const person = await wallets.resellerWith(100);
    const payout = await wallets.requestPayout(person, 10);
    const elsewhere = { ...ADMIN, userId: newId(), businessId: newId() };
    expect((await wallets.client.as(elsewhere).get(`/wallets/payouts/${payout.id}`)).status).toBe(404);
    expect((await wallets.client.as(elsewhere).get<PageOf<PayoutView>>('/wallets/payouts')).body.total).toBe(0);
    expect((await wallets.decide(payout.id, 'APPROVED', elsewhere)).status).toBe(404);
    expect((await wallets.client.as(elsewhere).get(`/wallets/${person.userId}`)).status).toBe(404);
  });
});

it('leaves a sound ledger after all of this', async () => {
  expect(await wallets.violations()).toEqual([]);
});
