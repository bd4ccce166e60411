import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SERVICE_NAMES } from '@reseller/contracts';
import {
  claimsOf,
  eventsOf,
  makeAdmin,
  newEmail,
  PASSWORD,
  personOf,
  register,
  startAuth,
  type AuthTest,
  type ProblemBody,
  type SignedInBody,
} from './auth-fixture.js';

let auth: AuthTest;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const registerRaw = <T = ProblemBody>(body: unknown) => auth.client.anonymous().post<T>('/auth/register', body);

describe('POST /auth/register', () => {
  it('answers the printed request as printed', async () => {
    const answer = await registerRaw<SignedInBody>({
      email: 'user@example.com',
      password: 'password123',
      firstName: 'John',
      lastName: 'Doe',
      phone: '+1234567890',
      role: 'CUSTOMER',
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      accessToken: expect.stringMatching(/^eyJ/),
      refreshToken: expect.stringMatching(/^eyJ/),
      user: {
        email: 'user@example.com',
        firstName: 'John',
        lastName: 'Doe',
        phone: '+1234567890',
        roles: ['CUSTOMER'],
      },
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/password|argon2/i);
  });

  it('issues an access token with the claims that the gateway checks', async () => {
    const { accessToken, user } = await register(auth);
    const claims = claimsOf(accessToken);
    expect(claims).toMatchObject({
      sub: user.id,
      roles: ['CUSTOMER'],
      businessId: null,
      email: user.email,
      sid: expect.any(String),
      iss: 'reseller-auth',
      aud: 'reseller-api',
    });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(900);
  });

  it('tells the others once, with a reference and without secrets', async () => {
    const { user } = await register(auth, { role: 'reseller', firstName: 'Asha' });
    const [event, ...more] = await eventsOf(auth, 'USER_REGISTERED', user.id);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      aggregateVersion: 1,
      actor: user.id,
      data: { userId: user.id, roles: ['RESELLER'], firstName: 'Asha', emailVerified: false },
    });
    expect(event?.data['emailVerificationReference']).toEqual(expect.any(String));
    expect(JSON.stringify(event)).not.toMatch(/argon2|eyJ/);
  });

  it('keeps the password as an argon2id hash', async () => {
    const { user } = await register(auth);
    const [row] = await auth.db.query<{ password_hash: string }>('select password_hash from users where id = $1', [
      user.id,
    ]);
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('knows one mailbox in any spelling', async () => {
    const email = newEmail();
    await register(auth, { email: `  ${email.toUpperCase()} ` });
    const again = await registerRaw({ email, password: PASSWORD });
    expect([again.status, again.body.code]).toEqual([409, 'EMAIL_TAKEN']);
  });

  it('lets one of ten simultaneous registrations of an email win', async () => {
    const email = newEmail();
    const answers = await Promise.all(Array.from({ length: 10 }, () => registerRaw({ email, password: PASSWORD })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
    expect(await auth.db.query('select id from users where email = $1', [email])).toHaveLength(1);
  });

  it.each([
    ['roles', { roles: ['ADMIN'] }],
    ['isActive', { isActive: true }],
    ['businessId', { businessId: null }],
    ['emailVerifiedAt', { emailVerifiedAt: '2026-01-01T00:00:00Z' }],
  ])('refuses the unknown field %s', async (_, extra) => {
    const answer = await registerRaw({ email: newEmail(), password: PASSWORD, ...extra });
    expect([answer.status, answer.body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });

  it.each([
    ['a short password', { password: 'seven77' }],
    ['an endless password', { password: 'x'.repeat(129) }],
    ['a NUL in the password', { password: 'password\u0000123' }],
    ['a NUL in a name', { firstName: 'Jo\u0000hn' }],
    ['a line break in a name', { lastName: 'Doe\r\nBcc: all' }],
    ['no email', { email: 'not an email' }],
    ['a look-alike email', { email: '\u212aelvin@example.com' }],
    ['an unknown role', { role: 'ROOT' }],
    ['a phone without digits', { phone: '+abc' }],
    ['a role that is no text', { role: ['ADMIN'] }],
  ])('refuses %s', async (_, fields) => {
    const answer = await registerRaw({ email: newEmail(), password: PASSWORD, ...fields });
    expect([answer.status, answer.body.code]).toEqual([400, 'VALIDATION_FAILED']);
    expect(answer.body.errors?.map(({ path }) => path)).toEqual(Object.keys(fields));
  });

  it('takes an international domain', async () => {
    const { user } = await register(auth, { email: `${newEmail().split('@')[0]}@Bücher.example` });
    expect(user.email).toMatch(/@xn--bcher-kva\.example$/);
  });

  it('makes an administrator only for an administrator who still is one', async () => {
    const body = () => ({ email: newEmail(), password: PASSWORD, role: 'ADMIN' });
    expect((await registerRaw(body())).status).toBe(403);
    const customer = personOf(await register(auth));
    expect((await auth.client.as(customer).post('/auth/register', body())).status).toBe(403);
    // The token still says ADMIN, the database no longer does.
    expect((await auth.client.as({ ...customer, roles: ['ADMIN'] }).post('/auth/register', body())).status).toBe(403);

    const admin = await makeAdmin(auth);
    const made = await auth.client.as(admin).post<SignedInBody>('/auth/register', body());
    expect([made.status, made.body.user.roles]).toEqual([201, ['ADMIN']]);
    const recorded = await eventsOf(auth, 'ADMIN_ACTION_RECORDED');
    expect(recorded.map(({ data }) => data['subjectId'])).toContain(made.body.user.id);
  });

  it('answers 401 to a request that did not come through the gateway', async () => {
    const answer = await auth.client.post<ProblemBody>('/auth/register', { email: newEmail(), password: PASSWORD });
    expect(answer.status).toBe(401);
  });
});

describe('/auth/me', () => {
  it('shows and changes the caller, and tells the others', async () => {
    const signedIn = await register(auth, { phone: '+919876543210' });
    const me = auth.client.as(personOf(signedIn));
    const shown = await me.get('/auth/me');
    expect([shown.status, shown.body]).toMatchObject([200, { id: signedIn.user.id, phone: '+919876543210' }]);

    const changed = await me.patch('/auth/me', { firstName: ' Asha ', phone: null });
    expect([changed.status, changed.body]).toMatchObject([200, { firstName: 'Asha', phone: null }]);
    const [event] = await eventsOf(auth, 'USER_UPDATED', signedIn.user.id);
    expect(event).toMatchObject({ aggregateVersion: 2, data: { firstName: 'Asha', phone: null } });
  });

  it('tells nobody of a change that changes nothing', async () => {
    const signedIn = await register(auth, { firstName: 'Asha' });
    const answer = await auth.client.as(personOf(signedIn)).patch('/auth/me', { firstName: 'Asha' });
    expect(answer.status).toBe(200);
    expect(await eventsOf(auth, 'USER_UPDATED', signedIn.user.id)).toEqual([]);
  });

  it.each([{ roles: ['ADMIN'] }, { email: 'other@example.com' }, { isActive: false }])('refuses %j', async (body) => {
    const me = auth.client.as(personOf(await register(auth)));
    expect((await me.patch('/auth/me', body)).status).toBe(400);
  });

  it('is 401 for somebody who has not signed in and for an account that was disabled', async () => {
    expect((await auth.client.anonymous().get('/auth/me')).status).toBe(401);
    const signedIn = await register(auth);
    await auth.db.query('update users set is_active = false where id = $1', [signedIn.user.id]);
    const me = auth.client.as(personOf(signedIn));
    expect((await me.get('/auth/me')).status).toBe(401);
    expect((await me.patch('/auth/me', { firstName: 'Still' })).status).toBe(401);
  });
});

describe('/internal/users/:id', () => {
  it('tells other services who somebody is, and nobody else', async () => {
    const { user } = await register(auth, { role: 'RESELLER', firstName: 'Asha' });
    const answer = await auth.client.asService('order').get(`/internal/users/${user.id}`);
    expect([answer.status, answer.body]).toMatchObject([
      200,
      {
        id: user.id,
        email: user.email,
        firstName: 'Asha',
        roles: ['RESELLER'],
        isActive: true,
        businessId: null,
        version: 1,
      },
    ]);
    const admin = await makeAdmin(auth);
    expect((await auth.client.as(admin).get(`/internal/users/${user.id}`)).status).toBe(401);
  });

  it('lets every service ask whether an administrator still is one', async () => {
    const { userId } = await makeAdmin(auth);
    const others = SERVICE_NAMES.filter((name) => name !== 'auth');
    const answers = await Promise.all(
      others.map((name) => auth.client.asService(name).get(`/internal/users/${userId}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual(others.map(() => 200));
  });
});
