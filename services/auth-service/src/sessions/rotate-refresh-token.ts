import { Inject, Injectable } from '@nestjs/common';
import { Database, type SqlTx } from '@reseller/persistence';
import { unauthenticated } from '@reseller/runtime';
import { findAccount } from '../accounts/account.repository.js';
import { CONFIG, type AuthServiceConfig } from '../auth-service.config.js';
import { SecurityLog } from '../audit/security-log.js';
import { AccessTokens } from './access-token.js';
import type { SignedIn } from './open-session.js';
import { RefreshTokens, type RefreshToken, type TokenTimes } from './refresh-token.js';
import { lockLiveSession, replaceToken, revokeSession, tokenState, tokenTimes } from './session.repository.js';

const refused = () =>
  unauthenticated('REFRESH_TOKEN_INVALID', 'This refresh token is not valid or has expired. Sign in again.');

const reused = () =>
  unauthenticated(
    'REFRESH_TOKEN_REUSED',
    'This refresh token was used before, so the sign-in it belongs to has been ended. Sign in again.',
  );

type Outcome = SignedIn | 'refused' | 'reused';

/** Exchanges a refresh token for new tokens. Every token works once; an old one that turns up later was stolen by somebody. */
@Injectable()
export class RotateRefreshToken {
  constructor(
    private readonly database: Database,
    private readonly refreshTokens: RefreshTokens,
    private readonly accessTokens: AccessTokens,
    private readonly securityLog: SecurityLog,
    @Inject(CONFIG) private readonly config: AuthServiceConfig,
  ) {}

  /** @throws 401 REFRESH_TOKEN_INVALID; 401 REFRESH_TOKEN_REUSED, and the whole family is revoked. */
  async execute(text: string): Promise<SignedIn> {
    const token = this.refreshTokens.read(text);
    if (token === null) throw refused();
    // The refusal is thrown after the commit: the revocation must stay.
    const outcome = await this.database.sqlTransaction((tx) => this.rotate(tx, token));
    if (outcome === 'refused') throw refused();
    if (outcome === 'reused') {
      this.securityLog.record('REFRESH_TOKEN_REUSED', { userId: token.userId, sessionId: token.sessionId });
      throw reused();
    }
    return outcome;
  }

  private async rotate(tx: SqlTx, token: RefreshToken): Promise<Outcome> {
    const { sessionId, userId } = token;
    if (!(await lockLiveSession(tx, sessionId, userId))) return 'refused';
    const account = await findAccount(tx, userId);
    if (account?.isActive !== true) return 'refused';

    const successor = this.refreshTokens.successorOf(token);
    const times = await this.timesOfSuccessor(tx, token, successor);
    if (times === undefined) {
      await revokeSession(tx, sessionId, 'REUSED');
      return 'reused';
    }
    return {
      accessToken: this.accessTokens.issue(account, sessionId),
      refreshToken: this.refreshTokens.write(successor, times),
      account,
    };
  }

  /** Undefined when the token may have none. Used tokens are deleted after a while, so an unknown one is a used one. */
  private async timesOfSuccessor(
    tx: SqlTx,
    token: RefreshToken,
    successor: RefreshToken,
  ): Promise<TokenTimes | undefined> {
    const hash = this.refreshTokens.hashOf(token);
    const successorHash = this.refreshTokens.hashOf(successor);
    const state = await tokenState(tx, token.sessionId, hash);
    switch (state) {
      case 'live':
        return replaceToken(tx, token.sessionId, hash, {
          hash: successorHash,
          lifetimeMs: this.config.REFRESH_TOKEN_EXPIRES_IN,
        });
      case 'used-just-now':
        return tokenTimes(tx, successorHash);
      case 'used':
      case 'unknown':
        return undefined;
    }
  }
}
