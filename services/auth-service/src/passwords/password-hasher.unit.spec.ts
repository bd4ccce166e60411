import { describe, expect, it } from '@jest/globals';
import { PasswordHasher } from './password-hasher.js';

const hasher = (atOnce: number) => new PasswordHasher({ PASSWORD_HASHES_AT_ONCE: atOnce });

describe('PasswordHasher', () => {
  it('finds the owner of the right password alone', async () => {
    const passwords = hasher(1);
    const owner = { passwordHash: await passwords.hash('correct horse') };
    expect(await passwords.check('correct horse', async () => owner)).toBe(owner);
    expect(await passwords.check('battery staple', async () => owner)).toBeUndefined();
    expect(await passwords.check('no account has this password', async () => undefined)).toBeUndefined();
  });

  it('takes as long where nobody is found', async () => {
    const passwords = hasher(1);
    const owner = { passwordHash: await passwords.hash('correct horse') };
    const quickestMs = async (find: () => Promise<typeof owner | undefined>) => {
      const tookMs: number[] = [];
      for (let attempt = 1; attempt <= 5; attempt += 1) {
        const startedAt = performance.now();
        await passwords.check('battery staple', find);
        tookMs.push(performance.now() - startedAt);
      }
      return Math.min(...tookMs);
    };
    const [somebody, nobody] = [await quickestMs(async () => owner), await quickestMs(async () => undefined)];
    // Without a hash to compute it would be a hundredth. How equal they are a busy machine cannot tell.
    expect(nobody).toBeGreaterThan(somebody / 10);
  });

  it('checks no more at a time than it may', async () => {
    const passwords = hasher(2);
    let running = 0;
    let most = 0;
    const owner = { passwordHash: await passwords.hash('correct horse') };
    const check = () =>
      passwords.check('correct horse', async () => {
        running += 1;
        most = Math.max(most, running);
        await Promise.resolve();
        running -= 1;
        return owner;
      });
    expect(await Promise.all(Array.from({ length: 8 }, check))).toEqual(Array.from({ length: 8 }, () => owner));
    expect(most).toBe(2);
  });

  it('frees its place when a look-up fails', async () => {
    const passwords = hasher(1);
    await expect(passwords.check('x', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await passwords.hash('correct horse')).toMatch(/^\$argon2id\$/);
  });

  it('refuses rather than let an endless queue grow', async () => {
    const passwords = hasher(1);
    let release = () => undefined as void;
    const held = new Promise<undefined>((resolve) => (release = () => resolve(undefined)));
    const first = passwords.check('x', () => held);
    const waiting = Array.from({ length: 400 }, () => passwords.check('x', () => Promise.reject(new Error('late'))));
    await expect(passwords.check('x', async () => undefined)).rejects.toMatchObject({ kind: 'unavailable' });
    release();
    await first;
    expect((await Promise.allSettled(waiting)).every(({ status }) => status === 'rejected')).toBe(true);
  });
});
