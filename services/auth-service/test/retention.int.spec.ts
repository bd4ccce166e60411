import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DeleteExpiredCredentials } from '../src/retention/delete-expired-credentials.js';
import { claimsOf, register, startAuth, type AuthTest, type ProblemBody, type SignedInBody } from './auth-fixture.js';

let auth: AuthTest;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const refresh = <T = SignedInBody>(refreshToken: string) =>
  auth.client.anonymous().post<T>('/auth/refresh', { refreshToken });

describe('deleting expired credentials', () => {
  it('removes what opens nothing and keeps what does', async () => {
    const living = await register(auth);
    const { body: next } = await refresh(living.refreshToken);
    const ended = await register(auth);
    const sidOf = ({ accessToken }: SignedInBody) => claimsOf(accessToken)['sid'];
    await auth.db.query(`update refresh_tokens set used_at = used_at - interval '2 hours' where session_id = $1`, [
      sidOf(living),
    ]);
    await auth.db.query(`update sessions set expires_at = now() - interval '8 days' where id = $1`, [sidOf(ended)]);
    await auth.db.query(`update mailed_links set expires_at = now() - interval '31 days' where user_id = $1`, [
      ended.user.id,
    ]);
    await auth.db.query(`insert into sign_in_throttles values ('old', 9, now() - interval '2 days', null)`);

    expect(await auth.app.get(DeleteExpiredCredentials).execute()).toBe(4);
    expect(await auth.app.get(DeleteExpiredCredentials).execute()).toBe(0);
    expect((await refresh(next.refreshToken)).status).toBe(200);
    expect((await refresh<ProblemBody>(living.refreshToken)).body.code).toBe('REFRESH_TOKEN_REUSED');
  });
});
