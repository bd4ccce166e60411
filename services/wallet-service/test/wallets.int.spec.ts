import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_BUSINESS_ID } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import type { AdjustmentView } from '../src/adjustments/adjustments.schemas.js';
import type { TransactionView, WalletView } from '../src/wallets/wallets.schemas.js';
import { orderDelivered, orderOf, paymentSuccess, userRegistered, userUpdated } from './events.js';
import { ADMIN, reseller, WalletFixture, type PageOf, type Problem } from './wallet-fixture.js';

let wallets: WalletFixture;
beforeAll(async () => {
  wallets = await WalletFixture.start();
});
afterAll(() => wallets.stop());

const businessOf = async (sellerId: string): Promise<string | undefined> => {
  const [row] = await wallets.service.db.query<{ business_id: string }>(
    'select business_id from wallets where seller_id = $1',
    [sellerId],
  );
  return row?.business_id;
};

describe('a wallet', () => {
  it('is opened when a reseller registers or becomes one, never for a customer', async () => {
    const [asha, ravi, customer] = [newId(), newId(), newId()];
    await wallets.others.tell(
      userRegistered(asha, ['RESELLER']),
      userRegistered(ravi, ['CUSTOMER']),
      userRegistered(customer, ['CUSTOMER']),
      userUpdated(ravi, ['CUSTOMER', 'RESELLER'], { version: 2 }),
    );
    await eventually(async () =>
      expect(await wallets.wallet(ravi)).toMatchObject({ sellerId: ravi, pendingBalance: 0 }),
    );
    await eventually(async () =>
      expect(await wallets.wallet(asha)).toMatchObject({ sellerId: asha, availableBalance: 0 }),
    );
    expect((await wallets.client.as(ADMIN).get<Problem>(`/wallets/${customer}`)).body.code).toBe('WALLET_NOT_FOUND');
  });

  it('is one, however often and in whatever order its user is heard of', async () => {
    const [userId, oldBusiness, newBusiness] = [newId(), newId(), newId()];
    const registered = userRegistered(userId, ['RESELLER'], oldBusiness);
    const moved = userUpdated(userId, ['RESELLER'], { version: 3, businessId: newBusiness });
    await wallets.others.tell(moved);
    await eventually(async () => expect(await businessOf(userId)).toBe(newBusiness));
    await wallets.others.tell(registered, registered, moved);
    const last = newId();
    await wallets.others.tell(userRegistered(last, ['RESELLER']));
    await eventually(() => wallets.wallet(last));
    await eventually(async () => {
      const handled = await wallets.service.db.query('select 1 from inbox where event_id = $1', [registered.id]);
      expect(handled).toHaveLength(1);
    });
    expect(await businessOf(userId)).toBe(newBusiness);
    const accounts = await wallets.service.db.query('select id from accounts where owner_id = $1', [userId]);
    expect(accounts).toHaveLength(4);
  });

  it('parks a user event that it cannot read', async () => {
    const poison = { ...userRegistered(newId(), ['RESELLER']), version: 9 };
    await wallets.others.tell(poison);
    await eventually(async () =>
      expect((await wallets.others.deadLettersOf('wallet')).map(({ id }) => id)).toContain(poison.id),
    );
  });

  it('has 001’s fields, and what is in transit and owed', async () => {
    const person = reseller();
    const first = await wallets.client.as(person).get<WalletView>(`/wallets/${person.userId}`);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      id: expect.any(String),
      sellerId: person.userId,
      currency: 'INR',
      pendingBalance: 0,
      availableBalance: 0,
      payoutInTransit: 0,
      receivable: 0,
      totalEarnings: 0,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const again = await wallets.client.as(person).get<WalletView>(`/wallets/${person.userId}`);
    expect(again.body).toEqual(first.body);
  });

  it('is seen by its owner and administrators alone', async () => {
    const owner = await wallets.resellerWith(0);
    for (const path of [`/wallets/${owner.userId}`, `/wallets/${owner.userId}/transactions`]) {
      expect((await wallets.client.as(reseller()).get(path)).status).toBe(403);
      expect((await wallets.client.anonymous().get(path)).status).toBe(401);
      expect((await wallets.client.get(path)).status).toBe(401);
      expect((await wallets.client.as(ADMIN).get(path)).status).toBe(200);
    }
    const customer = { userId: newId() };
    expect((await wallets.client.as(customer).get(`/wallets/${customer.userId}`)).status).toBe(404);
    expect((await wallets.client.as(ADMIN).get('/wallets/not-a-uuid')).status).toBe(400);
  });

  it('is in the list of administrators', async () => {
    const owner = await wallets.resellerWith(7);
    const page = await wallets.client.as(ADMIN).get<PageOf<WalletView>>('/wallets?take=1');
    expect(page.body.data[0]).toMatchObject({ sellerId: owner.userId, availableBalance: 7 });
    expect(page.body.total).toBeGreaterThan(1);
    expect((await wallets.client.as(owner).get('/wallets')).status).toBe(403);
    const elsewhere = { ...ADMIN, businessId: newId() };
    expect((await wallets.client.as(elsewhere).get<PageOf<WalletView>>('/wallets')).body.total).toBe(0);
    const here = { ...ADMIN, businessId: DEFAULT_BUSINESS_ID };
    expect((await wallets.client.as(here).get<PageOf<WalletView>>('/wallets')).body.total).toBeGreaterThan(0);
  });
});

describe('the transactions of a wallet', () => {
  it('come newest first, in pages, by cursor, and filtered', async () => {
    const person = reseller();
    const orders = [orderOf(person.userId), orderOf(person.userId), orderOf(person.userId)];
    for (const order of orders) {
      await wallets.others.tell(paymentSuccess(order));
      await eventually(async () =>
        expect(await wallets.eventsOf(order.orderId)).toEqual([expect.objectContaining({ type: 'COMMISSION_LOCKED' })]),
      );
    }
    const [first] = orders;
    if (first !== undefined) await wallets.others.tell(orderDelivered(first));
    await eventually(async () => expect(await wallets.wallet(person.userId)).toMatchObject({ availableBalance: 300 }));

    const path = `/wallets/${person.userId}/transactions`;
    const get = async (query: string) =>
      (await wallets.client.as(person).get<PageOf<TransactionView>>(`${path}?${query}`)).body;
    const page = await get('skip=0&take=2');
    expect(page).toMatchObject({ total: 4, skip: 0, take: 2 });
    expect(page.data.map(({ type, balanceBefore, balanceAfter }) => [type, balanceBefore, balanceAfter])).toEqual([
      ['COMMISSION_UNLOCKED', 0, 300],
      ['COMMISSION_CREATED', 600, 900],
    ]);
    const next = await get(`take=2&cursor=${page.nextCursor}`);
    expect(next.data.map(({ balanceAfter }) => balanceAfter)).toEqual([600, 300]);
    expect((await get(`take=2&cursor=${next.nextCursor}`)).data).toEqual([]);
    expect((await get('page=2&limit=3')).data.map(({ balanceAfter }) => balanceAfter)).toEqual([300]);
    expect((await get('type=commission_unlocked')).total).toBe(1);
    expect((await get('from=2999-01-01T00:00:00Z')).total).toBe(0);
    expect((await get('to=2999-01-01T00:00:00%2B05:30')).total).toBe(4);
    // The statement of one balance shows the other side of the unlock, too.
    expect((await get('balance=PENDING&sort=createdAt')).data.map(({ amount }) => amount)).toEqual([
      300, 300, 300, -300,
    ]);
    expect((await wallets.client.as(person).get(`${path}?type=GIFT`)).status).toBe(400);
  });
});

describe('an adjustment', () => {
  it('gives, takes, and leaves as owed what is not there', async () => {
    const person = await wallets.resellerWith(0);
    const adjust = async (amount: number) =>
      await wallets.client
        .as(ADMIN)
        .post<AdjustmentView>(`/wallets/${person.userId}/adjustments`, { amount, reason: 'Goodwill' });
    const given = await adjust(100.5);
    expect(given.status).toBe(201);
    expect(given.body).toMatchObject({ amount: 100.5, reason: 'Goodwill', availableBalance: 100.5, receivable: 0 });
    expect((await adjust(-150.5)).body).toMatchObject({ availableBalance: 0, receivable: 50 });
    expect((await adjust(30)).body).toMatchObject({ availableBalance: 0, receivable: 20 });
    expect((await adjust(30)).body).toMatchObject({ availableBalance: 10, receivable: 0 });
    expect(await wallets.wallet(person.userId)).toMatchObject({ availableBalance: 10, totalEarnings: 0 });
    const { data } = await wallets.transactions(person.userId);
    expect(data.map(({ type, balance, amount }) => [type, balance, amount])).toEqual([
      ['ADJUSTMENT', 'AVAILABLE', 100.5],
      ['ADJUSTMENT', 'AVAILABLE', -100.5],
      ['ADJUSTMENT', 'RECEIVABLE', -50],
      ['ADJUSTMENT', 'RECEIVABLE', 30],
      ['ADJUSTMENT', 'RECEIVABLE', 20],
      ['ADJUSTMENT', 'AVAILABLE', 10],
    ]);
    const told = await wallets.eventsOf(person.userId);
    expect(told).toHaveLength(4);
    for (const event of told) {
      expect(event).toEqual({
        type: 'ADMIN_ACTION_RECORDED',
        data: expect.objectContaining({ action: 'WALLET_ADJUSTED', reason: 'Goodwill', actorId: ADMIN.userId }),
      });
    }
    expect(await wallets.violations()).toEqual([]);
  });

  it('is made once per Idempotency-Key', async () => {
    const person = await wallets.resellerWith(0);
    const path = `/wallets/${person.userId}/adjustments`;
    const key = { 'Idempotency-Key': newId() };
    const body = { amount: 5, reason: 'Goodwill' };
    const first = await wallets.client.as(ADMIN).post<AdjustmentView>(path, body, key);
    const again = await wallets.client.as(ADMIN).post<AdjustmentView>(path, body, key);
    expect(again.body).toEqual(first.body);
    expect(await wallets.wallet(person.userId)).toMatchObject({ availableBalance: 5 });
  });

  it('is for administrators, with a reason, and not for their own wallet', async () => {
    const person = { userId: newId(), roles: ['RESELLER', 'ADMIN'] as const };
    await wallets.client.as(person).get(`/wallets/${person.userId}`);
    const path = `/wallets/${person.userId}/adjustments`;
    const body = { amount: 5, reason: 'Goodwill' };
    const own = await wallets.client.as(person).post<Problem>(path, body);
    expect([own.status, own.body.code]).toEqual([403, 'OWN_WALLET']);
    expect((await wallets.client.as(reseller(person.userId)).post(path, body)).status).toBe(403);
    for (const wrong of [
      { amount: 5 },
      { amount: 0, reason: 'x' },
      { amount: 1.005, reason: 'x' },
      { ...body, type: 'x' },
    ]) {
      expect((await wallets.client.as(ADMIN).post(path, wrong)).status).toBe(400);
    }
    expect((await wallets.client.as(ADMIN).post(`/wallets/${newId()}/adjustments`, body)).status).toBe(404);
  });
});
