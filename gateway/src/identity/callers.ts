import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import passport from 'passport';
import { createIdentitySigner, type IdentityClaims } from '@reseller/http';
import { unauthenticated } from '@reseller/runtime';
import { CONFIG, type GatewayConfig } from '../gateway.config.js';
import { AccessTokenStrategy, type AccessToken } from './access-token.strategy.js';

/** Who calls, with the signed identity that services are shown. */
export interface CallerIdentity extends IdentityClaims {
  readonly identityToken: string;
  /** When the access token ends; absent without one. */
  readonly expiresAtMs?: number;
}

const NOBODY: IdentityClaims = { userId: null, roles: [], businessId: null, email: null };
/** A signed identity lives 60 s; half of that it is reused, so that services verify it from their caches. */
const REUSE_MS = 30_000;
const CACHE_SIZE = 20_000;

/**
 * Turns an `Authorization` header into an identity. Checking and signing cost far more than a look-up, so the result is
 * kept per access token for 30 s, never beyond the token's own end.
 */
@Injectable()
export class Callers {
  private readonly sign: (claims: IdentityClaims) => string;
  private readonly known = new LRUCache<string, CallerIdentity>({ max: CACHE_SIZE, ttl: REUSE_MS });
  private nobody: { identity: CallerIdentity; untilMs: number } | undefined;

  constructor(@Inject(CONFIG) config: GatewayConfig, strategy: AccessTokenStrategy) {
    this.sign = createIdentitySigner(config.IDENTITY_PRIVATE_KEY);
    passport.use('access-token', strategy);
  }

  /** @throws 401 for a token that is malformed, forged or expired; no token at all is {@link anonymous}. */
  async identify(request: FastifyRequest): Promise<CallerIdentity> {
    const header = request.headers.authorization;
    if (header === undefined) return this.anonymous();
    const known = this.known.get(header);
    if (known !== undefined) return known;
    const token = await authenticate(request);
    const identity = { ...token, identityToken: this.sign(token) };
    const ttl = Math.min(REUSE_MS, token.expiresAtMs - Date.now());
    if (ttl > 0) this.known.set(header, identity, { ttl });
    return identity;
  }

  anonymous(): CallerIdentity {
    const nowMs = Date.now();
    if (this.nobody === undefined || nowMs >= this.nobody.untilMs) {
      this.nobody = { identity: { ...NOBODY, identityToken: this.sign(NOBODY) }, untilMs: nowMs + REUSE_MS };
    }
    return this.nobody.identity;
  }
}

/** Passport's own type is Express's; it reads nothing of the request but its headers. */
type PassportMiddleware = (request: FastifyRequest, response: object, next: () => void) => void;

function authenticate(request: FastifyRequest): Promise<AccessToken> {
  return new Promise((resolve, reject) => {
    const refuse = () =>
      reject(
        unauthenticated(
          'UNAUTHENTICATED',
          'The access token is not valid or has expired. Refresh it or sign in again.',
        ),
      );
    const done = (error: unknown, token?: AccessToken | false) => {
      if (error !== null && error !== undefined) refuse();
      else if (token === undefined || token === false) refuse();
      else resolve(token);
    };
    // oxlint-disable-next-line typescript/no-unsafe-assignment -- passport's declarations call its middleware `any`
    const middleware: PassportMiddleware = passport.authenticate('access-token', { session: false }, done);
    middleware(request, {}, refuse);
  });
}
