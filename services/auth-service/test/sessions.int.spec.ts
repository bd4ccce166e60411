import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  claimsOf,
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

const login = <T = SignedInBody>(body: unknown, from = '192.0.2.1') =>
  auth.client.anonymous().post<T>('/auth/login', body, { 'x-forwarded-for': from });
const refresh = <T = SignedInBody>(refreshToken: string) =>
  auth.client.anonymous().post<T>('/auth/refresh', { refreshToken });

/** As if the token had been used this long ago. */
const useLongAgo = (sessionId: unknown) =>
  auth.db.query(`update refresh_tokens set used_at = used_at - interval '11 seconds' where session_id = $1`, [
    sessionId,
  ]);

describe('POST /auth/login', () => {
  it('answers what registration answers, in any spelling of the email', async () => {
    const { user } = await register(auth);
    const answer = await login({ email: ` ${user.email.toUpperCase()}`, password: PASSWORD });
    expect([answer.status, answer.body]).toMatchObject([
      200,
      {
        accessToken: expect.stringMatching(/^eyJ/),
        refreshToken: expect.stringMatching(/^eyJ/),
        user: { id: user.id },
      },
    ]);
  });

  it('says the same to a wrong password and to an unknown email', async () => {
    const { user } = await register(auth);
    const [wrong, unknown] = await Promise.all([
      login<ProblemBody>({ email: user.email, password: 'not the password' }),
      login<ProblemBody>({ email: newEmail(), password: 'not the password' }),
    ]);
    const withoutId = ({ body: { status, code, detail } }: typeof wrong) => ({ status, code, detail });
    expect(withoutId(wrong)).toEqual({
      status: 401,
      code: 'INVALID_CREDENTIALS',
      detail: 'Email or password is wrong.',
    });
    expect(withoutId(unknown)).toEqual(withoutId(wrong));
  });

  it('takes a password in either Unicode form', async () => {
    const { user } = await register(auth, { password: 'caf\u00e9-passwort' });
    expect((await login({ email: user.email, password: 'cafe\u0301-passwort' })).status).toBe(200);
  });

  it('refuses a disabled account only after the right password', async () => {
    const { user } = await register(auth);
    await auth.db.query('update users set is_active = false where id = $1', [user.id]);
    const right = await login<ProblemBody>({ email: user.email, password: PASSWORD });
    const wrong = await login<ProblemBody>({ email: user.email, password: 'not the password' });
    expect([right.status, right.body.code, wrong.body.code]).toEqual([403, 'ACCOUNT_DISABLED', 'INVALID_CREDENTIALS']);
  });
});

describe('POST /auth/refresh', () => {
  it('gives new tokens of the same sign-in', async () => {
    const first = await register(auth);
    const { status, body: second } = await refresh(first.refreshToken);
    expect([status, second.user.id]).toEqual([200, first.user.id]);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(claimsOf(second.accessToken)['sid']).toBe(claimsOf(first.accessToken)['sid']);
    expect((await refresh(second.refreshToken)).status).toBe(200);
  });

  it('gives two tabs the same successor, also when they ask at once', async () => {
    const { refreshToken } = await register(auth);
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(refreshToken)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
  });

  it('gives a late tab the same successor though that has been used meanwhile', async () => {
    const first = await register(auth);
    const { body: second } = await refresh(first.refreshToken);
    await refresh(second.refreshToken);
    expect((await refresh(first.refreshToken)).body.refreshToken).toBe(second.refreshToken);
  });

  it('ends the whole sign-in when an old token turns up later', async () => {
    const first = await register(auth);
    const { body: second } = await refresh(first.refreshToken);
    await useLongAgo(claimsOf(first.accessToken)['sid']);
    const stolen = await refresh<ProblemBody>(first.refreshToken);
    expect([stolen.status, stolen.body.code]).toEqual([401, 'REFRESH_TOKEN_REUSED']);
    const live = await refresh<ProblemBody>(second.refreshToken);
    expect([live.status, live.body.code]).toEqual([401, 'REFRESH_TOKEN_INVALID']);
    expect((await login({ email: first.user.email, password: PASSWORD })).status).toBe(200);
  });

  it('takes a token whose row has been cleared away for a used one', async () => {
    const first = await register(auth);
    await refresh(first.refreshToken);
    await auth.db.query('delete from refresh_tokens where session_id = $1 and used_at is not null', [
      claimsOf(first.accessToken)['sid'],
    ]);
    expect((await refresh<ProblemBody>(first.refreshToken)).body.code).toBe('REFRESH_TOKEN_REUSED');
  });

  it('says who the person is now', async () => {
    const { refreshToken, user } = await register(auth);
    await auth.db.query(`update users set roles = array['RESELLER'] where id = $1`, [user.id]);
    expect((await refresh(refreshToken)).body.user.roles).toEqual(['RESELLER']);
  });

  it('refuses an access token, a forged token and a disabled account', async () => {
    const { accessToken, refreshToken, user } = await register(auth);
    const forged = `${refreshToken.slice(0, -4)}AAAA`;
    for (const token of [accessToken, forged, 'x', `${refreshToken}.`]) {
      expect((await refresh<ProblemBody>(token)).body).toMatchObject({ status: 401, code: 'REFRESH_TOKEN_INVALID' });
    }
    await auth.db.query('update users set is_active = false where id = $1', [user.id]);
    expect((await refresh(refreshToken)).status).toBe(401);
  });

  it('keeps nothing in the database that opens a session', async () => {
    const { refreshToken } = await register(auth);
    const [row] = await auth.db.query<{ dump: string }>(
      `select (select json_agg(t)::text from refresh_tokens t) || (select json_agg(s)::text from sessions s) as dump`,
    );
    expect(row?.dump).not.toContain(String(claimsOf(refreshToken)['jti']));
  });
});

describe('POST /auth/logout', () => {
  it('ends the sign-in of the access token and leaves the others', async () => {
    const here = await register(auth);
    const { body: there } = await login({ email: here.user.email, password: PASSWORD });
    const answer = await auth.client.as(personOf(here)).post('/auth/logout');
    expect([answer.status, answer.body]).toEqual([200, { endedSessions: 1 }]);
    expect((await refresh(here.refreshToken)).status).toBe(401);
    expect((await refresh(there.refreshToken)).status).toBe(200);
  });

  it('ends the sign-in of a refresh token, without an access token', async () => {
    const { refreshToken } = await register(auth);
    expect((await auth.client.anonymous().post('/auth/logout', { refreshToken })).body).toEqual({ endedSessions: 1 });
    expect((await auth.client.anonymous().post('/auth/logout', { refreshToken })).body).toEqual({ endedSessions: 0 });
  });

  it('ends every sign-in everywhere', async () => {
    const here = await register(auth);
    const { body: there } = await login({ email: here.user.email, password: PASSWORD });
    expect((await auth.client.as(personOf(here)).post('/auth/logout', { everywhere: true })).body).toEqual({
      endedSessions: 2,
    });
    expect((await refresh(there.refreshToken)).status).toBe(401);
  });

  it('is 401 for nobody', async () => {
    expect((await auth.client.anonymous().post('/auth/logout', {})).status).toBe(401);
  });
});
