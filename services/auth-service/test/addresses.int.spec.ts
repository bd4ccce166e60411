import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { type TestClient } from '@reseller/testing';
import {
  makeAdmin,
  personOf,
  register,
  startAuth,
  type AuthTest,
  type PageBody,
  type ProblemBody,
} from './auth-fixture.js';

interface AddressBody {
  readonly id: string;
  readonly isDefault: boolean;
  readonly city: string;
}

let auth: AuthTest;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const HOME = {
  name: 'Asha Rao',
  line1: '12 MG Road',
  city: 'Bengaluru',
  state: 'Karnataka',
  pincode: '560001',
  phone: '98765 43210 00',
};
const fields = (extra: Record<string, unknown> = {}) => ({ ...HOME, phone: '+91 98765 43210', ...extra });

const somebody = async (): Promise<TestClient> => auth.client.as(personOf(await register(auth)));
const add = (me: TestClient, extra: Record<string, unknown> = {}) => me.post<AddressBody>('/addresses', fields(extra));
const list = async (me: TestClient) => (await me.get<PageBody<AddressBody>>('/addresses')).body;
const defaults = async (me: TestClient) =>
  (await list(me)).data.filter(({ isDefault }) => isDefault).map(({ id }) => id);

describe('/addresses', () => {
  it('keeps an address in its canonical form', async () => {
    const me = await somebody();
    const { status, body } = await add(me, { label: 'Home', line2: null });
    expect([status, body]).toMatchObject([
      201,
      { ...HOME, phone: '+919876543210', country: 'IN', label: 'Home', line2: null, isDefault: true },
    ]);
    expect(body).not.toHaveProperty('userId');
    expect((await me.get(`/addresses/${body.id}`)).body).toEqual(body);
  });

  it('has one default at any time, also when many are added at once', async () => {
    const me = await somebody();
    const added = await Promise.all(Array.from({ length: 6 }, () => add(me, { isDefault: true })));
    expect(added.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 201));
    expect(await defaults(me)).toHaveLength(1);

    const other = added.find(({ body }) => body.id !== undefined)?.body.id ?? '';
    await me.patch(`/addresses/${other}`, { isDefault: true });
    expect(await defaults(me)).toEqual([other]);
  });

  it('makes the newest of the others the default when the default is removed', async () => {
    const me = await somebody();
    const first = (await add(me)).body;
    await add(me);
    const newest = (await add(me)).body;
    expect((await me.delete(`/addresses/${first.id}`)).status).toBe(204);
    expect(await defaults(me)).toEqual([newest.id]);
    expect((await me.delete(`/addresses/${first.id}`)).status).toBe(404);
  });

  it('keeps fifty and no more', async () => {
    const me = await somebody();
    const { body } = await add(me);
    await auth.db.query(
      `insert into addresses (id, user_id, name, line1, city, state, pincode, country, phone)
       select gen_random_uuid(), user_id, name, line1, city, state, pincode, country, phone
       from addresses, generate_series(1, 48) where id = $1`,
      [body.id],
    );
    const answers = await Promise.all([add(me), add(me), add(me)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422]);
    expect((await list(me)).total).toBe(50);
  });

  it('pages', async () => {
    const me = await somebody();
    for (const city of ['A', 'B', 'C']) await add(me, { city });
    const page = await me.get<PageBody<AddressBody>>('/addresses?page=2&limit=2&sort=createdAt');
    expect(page.body).toMatchObject({ total: 3, skip: 2, take: 2, data: [{ city: 'C' }] });
  });

  it('is nobody else’s: not another person’s, not an administrator’s', async () => {
    const { id } = (await add(await somebody())).body;
    for (const stranger of [await somebody(), auth.client.as(await makeAdmin(auth))]) {
      expect((await stranger.get(`/addresses/${id}`)).status).toBe(404);
      expect((await stranger.patch(`/addresses/${id}`, { city: 'X' })).status).toBe(404);
      expect((await stranger.delete(`/addresses/${id}`)).status).toBe(404);
    }
    expect((await auth.client.anonymous().get('/addresses')).status).toBe(401);
  });

  it('tells order one of an account’s addresses, and nobody else any', async () => {
    const person = personOf(await register(auth));
    const me = auth.client.as(person);
    const { body: address } = await add(me);
    const path = `/internal/users/${person.userId}/addresses/${address.id}`;
    const order = auth.client.asService('order');
    expect(await order.get(path)).toMatchObject({ status: 200, body: address });
    expect((await order.get(`/internal/users/${newId()}/addresses/${address.id}`)).status).toBe(404);
    expect((await auth.client.asService('payment').get(path)).status).toBe(403);
    expect((await me.get(path)).status).toBe(401);
  });

  it('changes single fields and checks the whole', async () => {
    const me = await somebody();
    const { id } = (await add(me, { country: 'SG', pincode: '018956' })).body;
    expect((await me.patch(`/addresses/${id}`, { city: 'Singapore' })).body).toMatchObject({ city: 'Singapore' });
    const moved = await me.patch<ProblemBody>(`/addresses/${id}`, { country: 'IN' });
    expect([moved.status, moved.body.errors?.[0]?.path]).toEqual([400, 'pincode']);
  });

  it.each([
    ['an owner', { userId: newId() }],
    ['a five-digit PIN code', { pincode: '56000' }],
    ['a country by name', { country: 'India' }],
    ['a NUL', { line1: '12\u0000' }],
    ['no name', { name: '' }],
    ['a malformed phone', { phone: '12' }],
  ])('refuses %s', async (_, extra) => {
    expect((await add(await somebody(), extra)).status).toBe(400);
  });

  it('is 400 for an id that is none and 404 for one that is unknown', async () => {
    const me = await somebody();
    expect((await me.get('/addresses/1')).status).toBe(400);
    expect((await me.get(`/addresses/${newId()}`)).status).toBe(404);
  });

  it('stays in its version where a change says what it already is', async () => {
    const me = await somebody();
    const { body } = await add(me, { isDefault: true });
    const same = { city: body.city, isDefault: true, version: 1 };
    expect((await me.patch(`/addresses/${body.id}`, same)).body).toEqual(body);
    expect((await me.patch(`/addresses/${body.id}`, {})).body).toEqual(body);
  });

  it('is not changed or removed over a change that its owner has not seen', async () => {
    const me = await somebody();
    const { body } = await add(me);
    const path = `/addresses/${body.id}`;
    const seen = { 'if-match': (await me.get(path)).headers.get('etag') ?? '' };
    expect(seen).toEqual({ 'if-match': '"1"' });
    const changed = await me.patch(path, { city: 'Pune' }, seen);
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    const stale = { status: 412, body: { code: 'VERSION_MISMATCH' } };
    expect(await me.patch(path, { city: 'Goa' }, seen)).toMatchObject(stale);
    expect(await me.patch(path, { city: 'Goa', version: 1 })).toMatchObject(stale);
    expect(await me.delete(path, seen)).toMatchObject(stale);
    expect((await me.get(path)).body).toMatchObject({ city: 'Pune', version: 2 });
    // Losing the mark of the default is a change too.
    await add(me, { isDefault: true });
    expect(await me.patch(path, { city: 'Goa' }, { 'if-match': '"2"' })).toMatchObject(stale);
    expect(await me.patch(path, { city: 'Goa', version: 3 })).toMatchObject({ status: 200, body: { version: 4 } });
    expect((await me.delete(path, { 'if-match': '"4"' })).status).toBe(204);
  });
});
