import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@reseller/testing';
import pg from 'pg';
import {
  eventsOf,
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
  auth = await startAuth({ FRONTEND_URL: 'https://shop.example/app/' });
});
afterAll(() => auth.stop());

const NEW_PASSWORD = 'another password';

const login = (email: string, password: string) => auth.client.anonymous().post('/auth/login', { email, password });
const refresh = (refreshToken: string) => auth.client.anonymous().post('/auth/refresh', { refreshToken });
const forgot = (email: string) => auth.client.anonymous().post('/auth/forgot-password', { email });
const reset = <T = ProblemBody>(token: string, newPassword = NEW_PASSWORD) =>
  auth.client.anonymous().post<T>('/auth/reset-password', { token, newPassword });

type Kind = 'password-resets' | 'email-verifications';
interface Redeemed {
  readonly email: string;
  readonly firstName: string | null;
  readonly resetUrl?: string;
  readonly verifyUrl?: string;
}
const redeem = <T = Redeemed>(kind: Kind, reference: unknown) =>
  auth.client.asService('notification').post<T>(`/internal/${kind}/redeem`, { reference });

const tokenIn = (url: string | undefined): string => new URL(url ?? 'none:').searchParams.get('token') ?? '';

async function resetReference(userId: string): Promise<unknown> {
  const [event] = await eventsOf(auth, 'PASSWORD_RESET_REQUESTED', userId);
  return event?.data['reference'];
}

async function resetToken(account: SignedInBody): Promise<string> {
  await forgot(account.user.email);
  const { body } = await redeem('password-resets', await resetReference(account.user.id));
  return tokenIn(body.resetUrl);
}

describe('POST /auth/change-password', () => {
  it('changes the password and ends every other sign-in', async () => {
    const here = await register(auth);
    const there = await auth.client
      .anonymous()
      .post<SignedInBody>('/auth/login', { email: here.user.email, password: PASSWORD });
    const body = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    expect((await auth.client.as(personOf(here)).post('/auth/change-password', body)).status).toBe(200);
    expect((await refresh(here.refreshToken)).status).toBe(200);
    expect((await refresh(there.body.refreshToken)).status).toBe(401);
    expect((await login(here.user.email, PASSWORD)).status).toBe(401);
    expect((await login(here.user.email, NEW_PASSWORD)).status).toBe(200);
  });

  it('ends also the sign-in that has just found the old password to be right', async () => {
    const { user } = await register(auth);
    const changing = new pg.Client({ connectionString: auth.db.url });
    await changing.connect();
    await changing.query('begin');
    await changing.query(`update users set password_hash = 'another' where id = $1`, [user.id]);
    const signingIn = login(user.email, PASSWORD);
    await eventually(async () => {
      const waiting = `select 1 as one from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      return (await auth.db.query(waiting)).length > 0;
    });
    await changing.query('commit');
    await changing.end();
    expect(await signingIn).toMatchObject({ status: 401, body: { code: 'INVALID_CREDENTIALS' } });
    expect(await auth.db.query('select id from sessions where user_id = $1', [user.id])).toHaveLength(1);
  });

  it('wants the current password, and counts wrong ones like failed sign-ins', async () => {
    const account = await register(auth);
    const guess = () =>
      auth.client
        .as(personOf(account))
        .post<ProblemBody>('/auth/change-password', { currentPassword: 'a guess', newPassword: NEW_PASSWORD });
    const codes: string[] = [];
    for (let attempt = 1; attempt <= 7; attempt += 1) codes.push((await guess()).body.code);
    expect(codes).toEqual([...Array.from({ length: 6 }, () => 'CURRENT_PASSWORD_WRONG'), 'RATE_LIMITED']);
  });
});

describe('a forgotten password', () => {
  it('is reset by a link that works once, and every sign-in ends', async () => {
    const account = await register(auth, { firstName: 'Asha' });
    expect((await forgot(account.user.email.toUpperCase())).status).toBe(202);
    const { status, body } = await redeem('password-resets', await resetReference(account.user.id));
    expect([status, body]).toMatchObject([200, { email: account.user.email, firstName: 'Asha' }]);
    expect(body.resetUrl).toMatch(/^https:\/\/shop\.example\/app\/reset-password\?token=[\w-]{43}$/);

    const token = tokenIn(body.resetUrl);
    expect((await reset(token)).status).toBe(200);
    expect((await login(account.user.email, PASSWORD)).status).toBe(401);
    expect((await login(account.user.email, NEW_PASSWORD)).status).toBe(200);
    expect((await refresh(account.refreshToken)).status).toBe(401);
    expect((await reset(token)).body).toMatchObject({ status: 410, code: 'RESET_TOKEN_EXPIRED' });
  });

  it('uses up one token once however many use it at the same time', async () => {
    const token = await resetToken(await register(auth));
    const answers = await Promise.all(Array.from({ length: 4 }, () => reset(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410, 410]);
  });

  it('makes every other link useless once one was used', async () => {
    const account = await register(auth);
    const first = await resetToken(account);
    await forgot(account.user.email);
    const [, second] = await eventsOf(auth, 'PASSWORD_RESET_REQUESTED', account.user.id);
    await reset(first);
    expect((await redeem('password-resets', second?.data['reference'])).status).toBe(410);
  });

  it('is gone after half an hour', async () => {
    const account = await register(auth);
    const token = await resetToken(account);
    const lifetime = await auth.db.query<{ minutes: number }>(
      `select round(extract(epoch from expires_at - created_at) / 60)::int as minutes
       from mailed_links where user_id = $1 and purpose = 'PASSWORD_RESET'`,
      [account.user.id],
    );
    expect(lifetime).toEqual([{ minutes: 30 }]);
    await auth.db.query('update mailed_links set expires_at = now() where user_id = $1', [account.user.id]);
    expect((await reset(token)).status).toBe(410);
  });

  it('refuses a made-up token and a password that is too short', async () => {
    expect((await reset('made-up')).body).toMatchObject({ status: 400, code: 'RESET_TOKEN_INVALID' });
    const token = await resetToken(await register(auth));
    expect((await reset(token, 'short')).body.code).toBe('VALIDATION_FAILED');
    expect((await reset(token)).status).toBe(200);
  });

  it('answers the same, after the same time, for an email that nobody has', async () => {
    const { user } = await register(auth);
    const timed = async (email: string) => {
      const startedAt = performance.now();
      const { status, body } = await forgot(email);
      return { status, body, tookMs: performance.now() - startedAt };
    };
    const [known, unknown] = [await timed(user.email), await timed(newEmail())];
    expect([unknown.status, unknown.body]).toEqual([known.status, known.body]);
    expect(Math.min(known.tookMs, unknown.tookMs)).toBeGreaterThan(240);
    expect(await eventsOf(auth, 'PASSWORD_RESET_REQUESTED', user.id)).toHaveLength(1);
  });

  it('mails three links in a quarter of an hour and no more, saying nothing of it', async () => {
    const { user } = await register(auth);
    const answers = await Promise.all(Array.from({ length: 6 }, () => forgot(user.email)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 202));
    expect(await eventsOf(auth, 'PASSWORD_RESET_REQUESTED', user.id)).toHaveLength(3);
  });

  it('is not reset for a disabled account', async () => {
    const { user } = await register(auth);
    await auth.db.query('update users set is_active = false where id = $1', [user.id]);
    expect((await forgot(user.email)).status).toBe(202);
    expect(await eventsOf(auth, 'PASSWORD_RESET_REQUESTED', user.id)).toEqual([]);
  });
});

describe('redeeming a reference', () => {
  it('gives the link once, to notification alone', async () => {
    const account = await register(auth);
    await forgot(account.user.email);
    const reference = await resetReference(account.user.id);
    const path = '/internal/password-resets/redeem';
    expect((await auth.client.asService('order').post(path, { reference })).status).toBe(403);
    expect((await auth.client.as(personOf(account)).post(path, { reference })).status).toBe(401);
    const answers = await Promise.all([1, 2, 3].map(() => redeem('password-resets', reference)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410]);
  });

  it('keeps one purpose from the other', async () => {
    const account = await register(auth);
    const [event] = await eventsOf(auth, 'USER_REGISTERED', account.user.id);
    const reference = event?.data['emailVerificationReference'];
    expect((await redeem('password-resets', reference)).status).toBe(404);
    const { body } = await redeem('email-verifications', reference);
    expect((await reset(tokenIn(body.verifyUrl))).body.code).toBe('RESET_TOKEN_INVALID');
  });

  it('leaves nothing that works in the events or the database', async () => {
    const token = await resetToken(await register(auth));
    const [row] = await auth.db.query<{ dump: string }>(
      `select (select json_agg(o)::text from outbox o) || (select json_agg(m)::text from mailed_links m) as dump`,
    );
    expect(token).toHaveLength(43);
    expect(row?.dump).not.toContain(token);
  });
});

describe('verifying an email', () => {
  const verify = (token: string) => auth.client.anonymous().post('/auth/verify-email', { token });

  async function verificationToken({ user }: SignedInBody): Promise<string> {
    const [event] = await eventsOf(auth, 'USER_REGISTERED', user.id);
    const { body } = await redeem('email-verifications', event?.data['emailVerificationReference']);
    expect(body.verifyUrl).toMatch(/^https:\/\/shop\.example\/app\/verify-email\?token=/);
    return tokenIn(body.verifyUrl);
  }

  it('tells the others once, and a second click answers the same', async () => {
    const account = await register(auth);
    const token = await verificationToken(account);
    const answers = [await verify(token), await verify(token)];
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [200, { emailVerified: true }],
      [200, { emailVerified: true }],
    ]);
    const [event, ...more] = await eventsOf(auth, 'EMAIL_VERIFIED', account.user.id);
    expect([event?.data, more]).toEqual([{ userId: account.user.id, email: account.user.email }, []]);
    const [updated] = await eventsOf(auth, 'USER_UPDATED', account.user.id);
    expect(updated).toMatchObject({ aggregateVersion: 2, data: { emailVerified: true } });
    const me = await auth.client.as(personOf(account)).get('/auth/me');
    expect(me.body).toMatchObject({ emailVerified: true });
  });

  it('refuses an unknown and an expired token', async () => {
    const account = await register(auth);
    const token = await verificationToken(account);
    await auth.db.query('update mailed_links set expires_at = now() where user_id = $1', [account.user.id]);
    expect((await verify('made-up')).status).toBe(400);
    expect((await verify(token)).status).toBe(410);
  });

  it('sends another link on request, not without end, and not once verified', async () => {
    const account = await register(auth);
    const me = auth.client.as(personOf(account));
    const statuses: number[] = [];
    for (let request = 1; request <= 3; request += 1)
      statuses.push((await me.post('/auth/resend-verification')).status);
    // The link of the registration is the first of three.
    expect(statuses).toEqual([202, 202, 429]);
    const [requested] = await eventsOf(auth, 'EMAIL_VERIFICATION_REQUESTED', account.user.id);
    const { body } = await redeem('email-verifications', requested?.data['reference']);
    expect((await verify(tokenIn(body.verifyUrl))).status).toBe(200);
    expect((await me.post<ProblemBody>('/auth/resend-verification')).body.code).toBe('EMAIL_ALREADY_VERIFIED');
  });
});
