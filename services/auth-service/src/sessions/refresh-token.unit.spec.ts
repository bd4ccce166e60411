import { describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { RefreshTokens } from './refresh-token.js';

const SECRET = 'a secret of at least thirty-two characters';
const tokens = new RefreshTokens({ JWT_SECRET: SECRET });
const issuedAt = new Date(Math.floor(Date.now() / 1_000) * 1_000);
const times = { issuedAt, expiresAt: new Date(issuedAt.getTime() + 60_000) };

describe('RefreshTokens', () => {
  it('reads what it wrote', () => {
    const token = tokens.first(newId(), newId());
    expect(tokens.read(tokens.write(token, times))).toEqual(token);
  });

  it('makes the same successor again in another process', () => {
    const token = tokens.first(newId(), newId());
    const other = new RefreshTokens({ JWT_SECRET: SECRET });
    expect(other.write(other.successorOf(token), times)).toBe(tokens.write(tokens.successorOf(token), times));
    expect(tokens.successorOf(token).jti).not.toBe(token.jti);
  });

  it('makes no two families alike', () => {
    const userId = newId();
    const sessionId = newId();
    expect(tokens.first(userId, sessionId).jti).not.toBe(tokens.first(userId, sessionId).jti);
  });

  it('refuses an expired token and one signed with another secret', () => {
    const token = tokens.first(newId(), newId());
    const past = { issuedAt: new Date(0), expiresAt: new Date(1_000) };
    const other = new RefreshTokens({ JWT_SECRET: `another ${SECRET}` });
    expect(tokens.read(tokens.write(token, past))).toBeNull();
    expect(other.read(tokens.write(token, times))).toBeNull();
  });
});
