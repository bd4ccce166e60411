import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAdmin } from '../src/accounts/create-admin.js';
import { eventsOf, newEmail, register, startAuth, type AuthTest, type SignedInBody } from './auth-fixture.js';

let auth: AuthTest;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const login = (email: string, password: string) =>
  auth.client.anonymous().post<SignedInBody>('/auth/login', { email, password });

describe('createAdmin', () => {
  it('opens the account of the first administrator and tells the others', async () => {
    const email = newEmail();
    const made = await createAdmin({ databaseUrl: auth.db.url, email, password: 'correct horse', firstName: 'Root' });
    expect(made).toEqual({ id: made.id, email, isNew: true });
    expect((await login(email, 'correct horse')).body.user).toMatchObject({ roles: ['ADMIN'], emailVerified: true });
    const [event] = await eventsOf(auth, 'USER_REGISTERED', made.id);
    expect(event).toMatchObject({ data: { roles: ['ADMIN'], firstName: 'Root', emailVerificationReference: null } });
  });

  it('makes up a password where none is given', async () => {
    const email = newEmail();
    const { generatedPassword } = await createAdmin({ databaseUrl: auth.db.url, email });
    expect((await login(email, generatedPassword ?? '')).status).toBe(200);
  });

  it('promotes an account and leaves its password, and changes nothing the second time', async () => {
    const account = await register(auth, { role: 'RESELLER' });
    const again = () => createAdmin({ databaseUrl: auth.db.url, email: account.user.email });
    expect([(await again()).isNew, (await again()).isNew]).toEqual([false, false]);
    expect((await login(account.user.email, 'password123')).body.user.roles).toEqual(['RESELLER', 'ADMIN']);
    expect(await eventsOf(auth, 'USER_UPDATED', account.user.id)).toHaveLength(1);
  });

  it('refuses a weak password and a malformed email', async () => {
    await expect(createAdmin({ databaseUrl: auth.db.url, email: newEmail(), password: 'short' })).rejects.toThrow();
    await expect(createAdmin({ databaseUrl: auth.db.url, email: 'nobody' })).rejects.toThrow(
      'must be an email address',
    );
  });
});
