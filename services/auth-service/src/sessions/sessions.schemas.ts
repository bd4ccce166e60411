import { z } from 'zod';
import { accountEmail } from '../accounts/email-address.js';
import { toUserView, userView } from '../accounts/accounts.schemas.js';
import { givenPassword } from '../passwords/password.schema.js';
import type { SignedIn } from './open-session.js';

const TOKEN_LENGTH_MAX = 2_000;
const refreshToken = () => z.string().min(1).max(TOKEN_LENGTH_MAX);

export const loginBody = z.strictObject({ email: accountEmail(), password: givenPassword() });
export type LoginBody = z.infer<typeof loginBody>;

export const refreshBody = z.strictObject({ refreshToken: refreshToken() });
export type RefreshBody = z.infer<typeof refreshBody>;

/** Everything may be left out, the body too: then the sign-in of the access token ends. */
export const logoutBody = z
  .strictObject({ refreshToken: refreshToken().nullish(), everywhere: z.boolean().default(false) })
  .nullish();
export type LogoutBody = z.infer<typeof logoutBody>;

export const signedInView = z
  .object({ accessToken: z.string(), refreshToken: z.string(), user: userView })
  .meta({ id: 'SignedIn' });

export const toSignedInView = ({ accessToken, refreshToken, account }: SignedIn): z.infer<typeof signedInView> => ({
  accessToken,
  refreshToken,
  user: toUserView(account),
});

export const signedOutView = z.object({ endedSessions: z.int() }).meta({ id: 'SignedOut' });
