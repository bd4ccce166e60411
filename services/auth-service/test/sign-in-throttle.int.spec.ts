import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventsOf, newEmail, PASSWORD, register, startAuth, type AuthTest, type ProblemBody } from './auth-fixture.js';

let auth: AuthTest;
beforeAll(async () => {
  auth = await startAuth({
    SIGN_IN_FREE_FAILURES_PER_CLIENT: '3',
    SIGN_IN_FREE_FAILURES_PER_ACCOUNT: '5',
    SIGN_IN_FREE_FAILURES_PER_ADDRESS: '40',
  });
});
afterAll(() => auth.stop());

let address = 0;
const newAddress = () => `198.51.100.${(address += 1)}`;

const login = (email: string, password: string, from = newAddress()) =>
  auth.client.anonymous().post<ProblemBody>('/auth/login', { email, password }, { 'x-forwarded-for': from });

async function failTimes(times: number, email: string, from?: string): Promise<number[]> {
  const statuses: number[] = [];
  for (let attempt = 1; attempt <= times; attempt += 1) statuses.push((await login(email, 'wrong', from)).status);
  return statuses;
}

/** As if everything had happened this much earlier. */
const pass = (interval: string) =>
  auth.db.query(
    `update sign_in_throttles set last_failed_at = last_failed_at - $1::interval, blocked_until = blocked_until - $1::interval`,
    [interval],
  );

describe('repeated failures', () => {
  it('make a network wait at one account, even with the right password, whether it exists or not', async () => {
    const { user } = await register(auth);
    for (const email of [user.email, newEmail()]) {
      const from = newAddress();
      expect(await failTimes(5, email, from)).toEqual([401, 401, 401, 401, 429]);
      const blocked = await login(email, PASSWORD, from);
      expect([blocked.status, blocked.body.code]).toEqual([429, 'RATE_LIMITED']);
      expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
  });

  it('from many networks make all others wait, whether the account exists or not', async () => {
    const { user } = await register(auth);
    for (const email of [user.email, newEmail()]) {
      expect(await failTimes(7, email)).toEqual([401, 401, 401, 401, 401, 401, 429]);
      expect((await login(email, PASSWORD)).status).toBe(429);
    }
  });

  it('elsewhere do not keep the owner out where they have signed in before, however long they go on', async () => {
    const { user } = await register(auth);
    const home = newAddress();
    expect((await login(user.email, PASSWORD, home)).status).toBe(200);
    for (let round = 1; round <= 5; round += 1) {
      await failTimes(8, user.email);
      expect((await login(user.email, PASSWORD)).status).toBe(429);
      expect((await login(user.email, PASSWORD, home)).status).toBe(200);
      await pass('61 seconds');
    }
    // The guesser is not helped by the owner's sign-ins: one more try a round, and one at home is counted as anywhere.
    expect(await failTimes(2, user.email)).toEqual([401, 429]);
    expect(await failTimes(5, user.email, home)).toEqual([401, 401, 401, 401, 429]);
  });

  it('do not keep out an owner who resets the password by mail, from wherever that is', async () => {
    const { user } = await register(auth);
    await failTimes(8, user.email);
    const away = newAddress();
    expect((await login(user.email, PASSWORD, away)).status).toBe(429);
    const client = auth.client.anonymous();
    await client.post('/auth/forgot-password', { email: user.email });
    const [event] = await eventsOf(auth, 'PASSWORD_RESET_REQUESTED', user.id);
    const { body } = await auth.client
      .asService('notification')
      .post<{ resetUrl: string }>('/internal/password-resets/redeem', { reference: event?.data['reference'] });
    const token = new URL(body.resetUrl).searchParams.get('token');
    const headers = { 'x-forwarded-for': away };
    expect((await client.post('/auth/reset-password', { token, newPassword: 'another-pass1' }, headers)).status).toBe(
      200,
    );
    expect((await login(user.email, 'another-pass1', away)).status).toBe(200);
    expect((await login(user.email, 'another-pass1')).status).toBe(429);
  });

  it('double the wait, up to five minutes', async () => {
    const { user } = await register(auth);
    const from = newAddress();
    await failTimes(3, user.email, from);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 11; attempt += 1) {
      expect(await failTimes(1, user.email, from)).toEqual([401]);
      waits.push(Number((await login(user.email, 'wrong', from)).headers.get('retry-after')));
      await pass('5 minutes');
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  it('are forgotten after the right password, and after half an hour', async () => {
    const { user } = await register(auth);
    const from = newAddress();
    await failTimes(3, user.email, from);
    expect((await login(user.email, PASSWORD, from)).status).toBe(200);
    expect(await failTimes(4, user.email, from)).toEqual([401, 401, 401, 401]);
    await pass('31 minutes');
    expect(await failTimes(4, user.email, from)).toEqual([401, 401, 401, 401]);
  });

  it('make a network wait that tries many accounts, and leave other networks alone', async () => {
    const from = newAddress();
    for (let account = 1; account <= 41; account += 1) expect(await failTimes(1, newEmail(), from)).toEqual([401]);
    const { user } = await register(auth);
    expect((await login(user.email, PASSWORD, from)).status).toBe(429);
    expect((await login(user.email, PASSWORD)).status).toBe(200);
  });

  it('count one IPv6 network as one', async () => {
    for (let host = 1; host <= 41; host += 1) {
      expect(await failTimes(1, newEmail(), `2001:db8:0:7::${host}`)).toEqual([401]);
    }
    expect((await login(newEmail(), 'wrong', '2001:db8:0:7:ffff::1')).status).toBe(429);
    expect((await login(newEmail(), 'wrong', '2001:db8:0:8::1')).status).toBe(401);
  });

  it('let only a few of many simultaneous guesses be checked', async () => {
    const { user } = await register(auth);
    const answers = await Promise.all(Array.from({ length: 30 }, () => login(user.email, 'wrong', '192.0.2.7')));
    const checked = answers.filter(({ status }) => status === 401).length;
    expect(checked).toBeGreaterThanOrEqual(4);
    expect(checked).toBeLessThanOrEqual(8);
  });

  it('leave no email or address in the table', async () => {
    const email = newEmail();
    await failTimes(1, email, '203.0.113.77');
    const rows = await auth.db.query<{ key: string }>(
      'select key from sign_in_throttles union all select key from known_networks',
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { key } of rows) expect(key).toMatch(/^(client|account|address):[\w-]{43}$/);
  });
});

describe('a hundred people', () => {
  it('sign in at once', async () => {
    const { user } = await register(auth);
    const answers = await Promise.all(Array.from({ length: 100 }, () => login(user.email, PASSWORD, '192.0.2.9')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
  });
});
