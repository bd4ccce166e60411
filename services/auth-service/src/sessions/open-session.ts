import { Inject, Injectable } from '@nestjs/common';
import type { SqlTx } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import type { Account } from '../accounts/account.js';
import { CONFIG, type AuthServiceConfig } from '../auth-service.config.js';
import { AccessTokens } from './access-token.js';
import { RefreshTokens } from './refresh-token.js';
import { insertSession } from './session.repository.js';

/** What somebody who has signed in gets. */
export interface SignedIn {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly account: Account;
}

/** Starts a session: a new family of refresh tokens. */
@Injectable()
export class OpenSession {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    @Inject(CONFIG) private readonly config: AuthServiceConfig,
  ) {}

  async execute(tx: SqlTx, account: Account): Promise<SignedIn> {
    const sessionId = newId();
    const token = this.refreshTokens.first(account.id, sessionId);
    const times = await insertSession(
      tx,
      { id: sessionId, userId: account.id },
      { hash: this.refreshTokens.hashOf(token), lifetimeMs: this.config.REFRESH_TOKEN_EXPIRES_IN },
    );
    return {
      accessToken: this.accessTokens.issue(account, sessionId),
      refreshToken: this.refreshTokens.write(token, times),
      account,
    };
  }
}
