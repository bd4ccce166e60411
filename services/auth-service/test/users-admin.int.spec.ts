import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_BUSINESS_ID } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import {
  eventsOf,
  makeAdmin,
  newEmail,
  personOf,
  register,
  startAuth,
  type AuthTest,
  type PageBody,
  type ProblemBody,
  type UserBody,
} from './auth-fixture.js';

let auth: AuthTest;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const asAdmin = async () => auth.client.as(await makeAdmin(auth));

async function newBusiness(): Promise<string> {
  const { body } = await (await asAdmin()).post<{ id: string }>('/businesses', { name: 'Another' });
  return body.id;
}

describe('/users/:id', () => {
  it('is one’s own, and an administrator’s', async () => {
    const account = await register(auth);
    const path = `/users/${account.user.id}`;
    const stranger = auth.client.as(personOf(await register(auth)));
    expect((await auth.client.as(personOf(account)).get(path)).status).toBe(200);
    expect((await (await asAdmin()).get(path)).status).toBe(200);
    expect((await stranger.get(path)).status).toBe(404);
    expect((await stranger.patch(path, { firstName: 'X' })).status).toBe(403);
    expect((await auth.client.anonymous().get(path)).status).toBe(401);
  });

  it('records what an administrator changed, and not what people change themselves', async () => {
    const account = await register(auth, { firstName: 'Asha' });
    const admin = await makeAdmin(auth);
    const path = `/users/${account.user.id}`;
    await auth.client.as(personOf(account)).patch(path, { lastName: 'Rao' });
    expect((await auth.client.as(admin).patch(path, { firstName: 'Usha' })).status).toBe(200);
    const recorded = (await eventsOf(auth, 'ADMIN_ACTION_RECORDED')).filter(
      ({ data }) => data['subjectId'] === account.user.id,
    );
    expect(recorded.map(({ data }) => data)).toMatchObject([
      { actorId: admin.userId, action: 'USER_CHANGED', before: { firstName: 'Asha' }, after: { firstName: 'Usha' } },
    ]);
  });
});

describe('an account that is changed by two at once', () => {
  it.each(['/auth/me', '/users/:id', '/admin/users/:id'])('at %s is not overwritten unseen', async (route) => {
    const account = await register(auth);
    const person = route.startsWith('/admin') ? await asAdmin() : auth.client.as(personOf(account));
    const path = route.replace(':id', account.user.id);
    const seen = { 'if-match': (await person.get(path)).headers.get('etag') ?? '' };
    expect(seen).toEqual({ 'if-match': '"1"' });
    const changed = await person.patch(path, { firstName: 'Asha' }, seen);
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    const stale = { status: 412, body: { code: 'VERSION_MISMATCH' } };
    expect(await person.patch(path, { firstName: 'Usha' }, seen)).toMatchObject(stale);
    expect(await person.patch(path, { firstName: 'Usha', version: 1 })).toMatchObject(stale);
    expect((await person.get(path)).body).toMatchObject({ firstName: 'Asha', version: 2 });
    expect(await person.patch(path, { firstName: 'Usha' })).toMatchObject({ status: 200, body: { version: 3 } });
  });
});

describe('GET /admin/users', () => {
  it('filters, searches literally, sorts and pages', async () => {
    const admin = await asAdmin();
    const mark = newId();
    await register(auth, { role: 'RESELLER', lastName: `${mark} 100%` });
    await register(auth, { role: 'CUSTOMER', lastName: `${mark} 1000` });
    const find = async (query: string) => (await admin.get<PageBody<UserBody>>(`/admin/users?${query}`)).body;
    expect(await find(`q=${mark}`)).toMatchObject({ total: 2, skip: 0, take: 20 });
    expect((await find(`q=${mark.toUpperCase()}&role=reseller`)).data).toMatchObject([{ roles: ['RESELLER'] }]);
    expect((await find(`q=${mark}%20100%25`)).total).toBe(1);
    expect((await find(`q=${mark}&isActive=false`)).total).toBe(0);
    expect((await find(`q=${mark}&sort=createdAt&skip=1&take=1`)).data).toMatchObject([{ roles: ['CUSTOMER'] }]);
    expect(JSON.stringify(await find(`q=${mark}`))).not.toContain('argon2');
  });

  it.each(['role=ROOT', 'isActive=maybe', 'take=101', 'sort=passwordHash', 'unknown=1', 'q=%00'])(
    'refuses ?%s',
    async (query) => {
      expect((await (await asAdmin()).get(`/admin/users?${query}`)).status).toBe(400);
    },
  );

  it('is for administrators', async () => {
    expect((await auth.client.as(personOf(await register(auth))).get('/admin/users')).status).toBe(403);
    expect((await auth.client.anonymous().get('/admin/users')).status).toBe(401);
  });
});

describe('PATCH /admin/users/:id', () => {
  it('changes roles, tells the others and records why', async () => {
    const { user } = await register(auth);
    const admin = await makeAdmin(auth);
    const answer = await auth.client.as(admin).patch<UserBody>(`/admin/users/${user.id}`, {
      roles: ['CUSTOMER', 'reseller', 'RESELLER'],
      reason: 'Asked by mail',
    });
    expect([answer.status, answer.body.roles]).toEqual([200, ['CUSTOMER', 'RESELLER']]);
    const [updated] = await eventsOf(auth, 'USER_UPDATED', user.id);
    expect(updated).toMatchObject({
      aggregateVersion: 2,
      actor: admin.userId,
      data: { roles: ['CUSTOMER', 'RESELLER'] },
    });
    const recorded = (await eventsOf(auth, 'ADMIN_ACTION_RECORDED')).find(({ data }) => data['subjectId'] === user.id);
    expect(recorded?.data).toEqual({
      actorId: admin.userId,
      action: 'USER_CHANGED',
      subjectType: 'user',
      subjectId: user.id,
      before: { roles: ['CUSTOMER'] },
      after: { roles: ['CUSTOMER', 'RESELLER'] },
      reason: 'Asked by mail',
    });
  });

  it('ends every sign-in of an account that it disables', async () => {
    const account = await register(auth);
    await (await asAdmin()).patch(`/admin/users/${account.user.id}`, { isActive: false });
    const refresh = await auth.client.anonymous().post('/auth/refresh', { refreshToken: account.refreshToken });
    expect(refresh.status).toBe(401);
    const reasons = await auth.db.query('select revoked_reason as reason from sessions where user_id = $1', [
      account.user.id,
    ]);
    expect(reasons).toEqual([{ reason: 'DEACTIVATED' }]);
  });

  it.each([{ isActive: false }, { roles: ['CUSTOMER'] }])(
    'does not let an administrator do %j to themselves',
    async (body) => {
      const admin = await makeAdmin(auth);
      const answer = await auth.client.as(admin).patch<ProblemBody>(`/admin/users/${admin.userId}`, body);
      expect([answer.status, answer.body.code]).toEqual([422, 'CANNOT_DISMISS_YOURSELF']);
    },
  );

  it('leaves one of two administrators who dismiss each other at once', async () => {
    const [one, two] = [await makeAdmin(auth), await makeAdmin(auth)];
    const dismiss = (by: typeof one, whom: typeof one) =>
      auth.client.as(by).patch(`/admin/users/${whom.userId}`, { roles: ['CUSTOMER'] });
    const answers = await Promise.all([dismiss(one, two), dismiss(two, one)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  });

  it('asks the database whether the caller still is an administrator', async () => {
    const admin = await makeAdmin(auth);
    const { user } = await register(auth);
    await auth.db.query('update users set is_active = false where id = $1', [admin.userId]);
    expect((await auth.client.as(admin).patch(`/admin/users/${user.id}`, { roles: ['ADMIN'] })).status).toBe(403);
  });

  it.each([
    { roles: [] },
    { roles: ['ROOT'] },
    { email: 'x@example.com' },
    { passwordHash: 'x' },
    { emailVerifiedAt: null },
    { createdAt: null },
  ])('refuses %j', async (body) => {
    const { user } = await register(auth);
    expect((await (await asAdmin()).patch(`/admin/users/${user.id}`, body)).status).toBe(400);
  });

  it('refuses a business that does not exist', async () => {
    const { user } = await register(auth);
    const answer = await (await asAdmin()).patch<ProblemBody>(`/admin/users/${user.id}`, { businessId: newId() });
    expect([answer.status, answer.body.code]).toEqual([422, 'BUSINESS_NOT_FOUND']);
  });
});

describe('an administrator of one business', () => {
  it('sees and changes that business’s people and no others', async () => {
    const businessId = await newBusiness();
    const inside = (await register(auth)).user;
    const outside = (await register(auth)).user;
    await (await asAdmin()).patch(`/admin/users/${inside.id}`, { businessId });
    const limited = auth.client.as(await makeAdmin(auth, businessId));
    expect((await limited.get(`/admin/users/${inside.id}`)).status).toBe(200);
    expect((await limited.get(`/admin/users/${outside.id}`)).status).toBe(404);
    expect((await limited.patch(`/admin/users/${outside.id}`, { isActive: false })).status).toBe(404);
    const { body } = await limited.get<PageBody<UserBody>>('/admin/users');
    expect(body.data.map((user) => user.businessId)).toEqual([businessId, businessId]);
  });

  it('cannot give rights beyond it', async () => {
    const businessId = await newBusiness();
    const admin = await makeAdmin(auth, businessId);
    const limited = auth.client.as(admin);
    expect((await limited.patch(`/admin/users/${admin.userId}`, { businessId: null })).status).toBe(403);
    expect((await limited.patch(`/admin/users/${admin.userId}`, { businessId: DEFAULT_BUSINESS_ID })).status).toBe(403);
    expect((await limited.post('/businesses', { name: 'Mine' })).status).toBe(403);
    const made = await limited.post<{ user: UserBody }>('/auth/register', {
      email: newEmail(),
      password: 'password123',
      role: 'ADMIN',
    });
    expect(made.body.user.businessId).toBe(businessId);
    // A token from before the limit was set does not lift it.
    const old = auth.client.as({ ...admin, businessId: null });
    expect((await old.patch(`/admin/users/${admin.userId}`, { businessId: null })).status).toBe(403);
  });

  it('of the default business sees those who name no business, but no administrator above it', async () => {
    const limited = auth.client.as(await makeAdmin(auth, DEFAULT_BUSINESS_ID));
    const { user } = await register(auth);
    const above = await makeAdmin(auth);
    expect((await limited.get(`/admin/users/${user.id}`)).status).toBe(200);
    expect((await limited.get(`/admin/users/${above.userId}`)).status).toBe(404);
    const { body } = await limited.get<PageBody<UserBody>>('/admin/users?take=100&role=ADMIN');
    expect(body.data.every(({ businessId }) => businessId === DEFAULT_BUSINESS_ID)).toBe(true);
  });
});
