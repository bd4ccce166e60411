import { z } from 'zod';
import { serviceEnv } from '@reseller/http';
import { messagingEnv } from '@reseller/messaging';
import { env } from '@reseller/runtime';

/** The environment of the service; `.env.example` says what each name means. */
export const authServiceConfig = z.object({
  ...serviceEnv('auth'),
  ...messagingEnv,
  /** The pages that mailed links open. */
  FRONTEND_URL: env.url('http://localhost:3000'),
  JWT_SECRET: env.secret({ min: 32 }),
  JWT_EXPIRES_IN: env.durationMs('15m'),
  REFRESH_TOKEN_EXPIRES_IN: env.durationMs('7d'),
  PASSWORD_HASHES_AT_ONCE: env.int(2, { min: 1, max: 16 }),
  SIGN_IN_FREE_FAILURES_PER_CLIENT: env.int(5, { min: 1, max: 1_000 }),
  SIGN_IN_FREE_FAILURES_PER_ACCOUNT: env.int(20, { min: 1, max: 100_000 }),
  SIGN_IN_FREE_FAILURES_PER_ADDRESS: env.int(100, { min: 1, max: 100_000 }),
});

export type AuthServiceConfig = z.infer<typeof authServiceConfig>;

/** Injection token of the {@link AuthServiceConfig}. */
export const CONFIG = Symbol('CONFIG');
