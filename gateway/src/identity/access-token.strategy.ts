import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { z } from 'zod';
import { ROLES } from '@reseller/contracts';
import type { IdentityClaims } from '@reseller/http';
import { CONFIG, type GatewayConfig } from '../gateway.config.js';

const claimsSchema = z.object({
  sub: z.uuid(),
  roles: z.array(z.enum(ROLES)),
  businessId: z.uuid().nullish(),
  email: z.string().nullish(),
  sid: z.uuid().nullish(),
  exp: z.number(),
});

export interface AccessToken extends IdentityClaims {
  readonly expiresAtMs: number;
}

/** Validates the access tokens that the auth service issues: HS256 alone, its issuer and audience, not expired. */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, 'access-token') {
  constructor(@Inject(CONFIG) config: GatewayConfig) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: config.JWT_SECRET,
      algorithms: ['HS256'],
      issuer: 'reseller-auth',
      audience: 'reseller-api',
      ignoreExpiration: false,
    });
  }

  validate(payload: unknown): AccessToken {
    const { sub, roles, businessId, email, sid, exp } = claimsSchema.parse(payload);
    return {
      userId: sub,
      roles,
      businessId: businessId ?? null,
      email: email ?? null,
      sessionId: sid ?? null,
      expiresAtMs: exp * 1_000,
    };
  }
}
