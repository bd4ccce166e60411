import { Inject, Injectable } from '@nestjs/common';
import { createSigner } from 'fast-jwt';
import type { Account } from '../accounts/account.js';
import { CONFIG, type AuthServiceConfig } from '../auth-service.config.js';

/**
 * Issues access tokens (RFC 7519, HS256), which the gateway alone reads: it holds the same JWT_SECRET. They say who the
 * person is until they expire; what must hold sooner (a dismissed administrator) is asked live where it matters.
 */
@Injectable()
export class AccessTokens {
  private readonly sign: (claims: Record<string, unknown>) => string;

  constructor(@Inject(CONFIG) config: Pick<AuthServiceConfig, 'JWT_SECRET' | 'JWT_EXPIRES_IN'>) {
    this.sign = createSigner({
      key: config.JWT_SECRET,
      algorithm: 'HS256',
      iss: 'reseller-auth',
      aud: 'reseller-api',
      expiresIn: config.JWT_EXPIRES_IN,
    });
  }

  issue(account: Account, sessionId: string): string {
    const { id, roles, businessId, email } = account;
    return this.sign({ sub: id, roles, businessId, email, sid: sessionId });
  }
}
