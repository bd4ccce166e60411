import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newEmail, PASSWORD, register, startAuth, type AuthTest, type ProblemBody } from './auth-fixture.js';

let auth: AuthTest;
beforeAll(async () => {
  auth = await startAuth({ SIGN_IN_FREE_FAILURES_PER_ACCOUNT: '3', SIGN_IN_FREE_FAILURES_PER_ADDRESS: '6' });
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
  it('make an account wait, even with the right password, whether it exists or not', async () => {
    const { user } = await register(auth);
    for (const email of [user.email, newEmail()]) {
      expect(await failTimes(5, email)).toEqual([401, 401, 401, 401, 429]);
      const blocked = await login(email, PASSWORD);
      expect([blocked.status, blocked.body.code]).toEqual([429, 'RATE_LIMITED']);
      expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
  });

  it('double the wait, up to five minutes', async () => {
    const { user } = await register(auth);
    await failTimes(3, user.email);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 11; attempt += 1) {
      expect(await failTimes(1, user.email)).toEqual([401]);
      waits.push(Number((await login(user.email, 'wrong')).headers.get('retry-after')));
      await pass('5 minutes');
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  it('are forgotten after the right password, and after half an hour', async () => {
    const { user } = await register(auth);
    await failTimes(3, user.email);
    expect((await login(user.email, PASSWORD)).status).toBe(200);
    expect(await failTimes(4, user.email)).toEqual([401, 401, 401, 401]);
    await pass('31 minutes');
    expect(await failTimes(4, user.email)).toEqual([401, 401, 401, 401]);
  });

  it('make a network wait that tries many accounts, and leave other networks alone', async () => {
    const from = newAddress();
    for (let account = 1; account <= 7; account += 1) expect(await failTimes(1, newEmail(), from)).toEqual([401]);
    const { user } = await register(auth);
    expect((await login(user.email, PASSWORD, from)).status).toBe(429);
    expect((await login(user.email, PASSWORD)).status).toBe(200);
  });

  it('count one IPv6 network as one', async () => {
    for (let host = 1; host <= 7; host += 1) {
      expect(await failTimes(1, newEmail(), `2001:db8:0:7::${host}`)).toEqual([401]);
    }
    expect((await login(newEmail(), 'wrong', '2001:db8:0:7:ffff::1')).status).toBe(429);
    expect((await login(newEmail(), 'wrong', '2001:db8:0:8::1')).status).toBe(401);
  });

  it('let only a few of many simultaneous guesses be checked', async () => {
    const { user } = await register(auth);
    const answers = await Promise.all(Array.from({ length: 30 }, () => login(user.email, 'wrong')));
    const checked = answers.filter(({ status }) => status === 401).length;
    expect(checked).toBeGreaterThanOrEqual(4);
    expect(checked).toBeLessThanOrEqual(8);
  });

  it('leave no email or address in the table', async () => {
    const email = newEmail();
    await failTimes(1, email, '203.0.113.77');
    const rows = await auth.db.query<{ key: string }>('select key from sign_in_throttles');
    expect(rows.length).toBeGreaterThan(0);
    for (const { key } of rows) expect(key).toMatch(/^(account|address):[\w-]{43}$/);
  });
});

describe('a hundred people', () => {
  it('sign in at once', async () => {
    const { user } = await register(auth);
    const answers = await Promise.all(Array.from({ length: 100 }, () => login(user.email, PASSWORD, '192.0.2.9')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
  });
});
