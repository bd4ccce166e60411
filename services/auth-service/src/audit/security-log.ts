import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '@reseller/runtime';

export type SecurityEvent =
  | 'SIGN_IN_FAILED'
  | 'SIGN_IN_BLOCKED'
  | 'REFRESH_TOKEN_REUSED'
  | 'PASSWORD_CHANGED'
  | 'PASSWORD_RESET'
  | 'ACCOUNT_DEACTIVATED';

/** Ids of ours and keyed hashes: nothing that names a person or a place. */
export interface SecurityFacts {
  readonly userId?: string;
  readonly sessionId?: string;
  readonly accountKey?: string;
  readonly addressKey?: string;
}

/** Lines that a security monitor watches, apart from the request's own. */
@Injectable()
export class SecurityLog {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  record(securityEvent: SecurityEvent, facts: SecurityFacts): void {
    this.logger.warn({ securityEvent, ...facts }, 'security event');
  }
}
