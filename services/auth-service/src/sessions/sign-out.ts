import { Injectable } from '@nestjs/common';
import { requireUser, type Identity } from '@reseller/http';
import { Database } from '@reseller/persistence';
import { RefreshTokens } from './refresh-token.js';
import { revokeSession, revokeSessionsOf } from './session.repository.js';

export interface SignOutCommand {
  readonly refreshToken?: string | null | undefined;
  readonly everywhere: boolean;
}

/** Ends a sign-in: the one a refresh token belongs to, else the caller's own, or all of theirs. */
@Injectable()
export class SignOut {
  constructor(
    private readonly database: Database,
    private readonly refreshTokens: RefreshTokens,
  ) {}

  /**
   * A refresh token speaks for its own sign-in, so nobody has to hold an access token to sign out; one that is no longer
   * good has nothing left to end.
   *
   * @returns how many sign-ins were ended.
   * @throws 401 without a refresh token and without a caller.
   */
  async execute({ refreshToken, everywhere }: SignOutCommand, caller: Identity): Promise<number> {
    const token = typeof refreshToken === 'string' ? this.refreshTokens.read(refreshToken) : null;
    if (typeof refreshToken === 'string' && token === null && caller.isAnonymous) return 0;
    const userId = caller.userId ?? token?.userId ?? requireUser(caller);
    if (everywhere) return revokeSessionsOf(this.database, userId, 'SIGNED_OUT');
    const sessionId = token?.sessionId ?? caller.sessionId ?? null;
    // An access token that names no session cannot say which one to keep.
    if (sessionId === null) return revokeSessionsOf(this.database, userId, 'SIGNED_OUT');
    return revokeSession(this.database, sessionId, 'SIGNED_OUT');
  }
}
