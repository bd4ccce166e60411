import { createPrivateKey, createPublicKey } from 'node:crypto';
import { createSigner, createVerifier } from 'fast-jwt';
import { z } from 'zod';
import { ROLES, type Role } from '@reseller/contracts';
import { ANONYMOUS, type Identity } from './identity.js';

/*
 * Two tokens travel between processes, and neither can become the other:
 * - `X-Identity`: a person (or nobody), signed with Ed25519 by the gateway, which alone has the private key. Services can
 *   check it and cannot make one, so a broken service cannot make itself an administrator.
 * - `X-Service-Token`: a service (`service:order`), HMAC-signed with a secret that the services share. It opens
 *   `/internal/*` alone, and there what `@InternalOnly` names. Whoever holds the secret can write any service's name into
 *   it, so this keeps a service from what it has no business with and does not stop one that is taken over (ADR 0007).
 * Both live 60 s; five minutes of leeway cover clocks that differ.
 */
export const IDENTITY_HEADER = 'x-identity';
export const SERVICE_TOKEN_HEADER = 'x-service-token';

const LIFETIME_MS = 60_000;
const CLOCK_LEEWAY_MS = 300_000;
const VERIFIED_CACHE_SIZE = 10_000;
const VERIFIED_CACHE_TTL_MS = 30_000;
const ISSUER = 'reseller-gateway';

export interface IdentityClaims {
  readonly userId: string | null;
  readonly roles: readonly Role[];
  readonly businessId: string | null;
  readonly email: string | null;
  /** `sid` of the access token: lets auth tell this sign-in from the person's others. */
  readonly sessionId?: string | null;
}

const claimsSchema = z.object({
  sub: z.uuid().optional(),
  roles: z.array(z.enum(ROLES)),
  businessId: z.uuid().nullable(),
  email: z.string().nullable(),
  sid: z.uuid().nullish(),
});

/** @param privateKey Ed25519, PKCS#8 DER in base64 (`IDENTITY_PRIVATE_KEY`). */
export function createIdentitySigner(privateKey: string): (claims: IdentityClaims) => string {
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' });
  const sign = createSigner({
    key: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
    algorithm: 'EdDSA',
    iss: ISSUER,
    expiresIn: LIFETIME_MS,
  });
  return ({ userId, roles, businessId, email, sessionId }) =>
    sign({
      roles: [...roles],
      businessId,
      email,
      ...(userId === null ? {} : { sub: userId }),
      ...(sessionId == null ? {} : { sid: sessionId }),
    });
}

/**
 * @param publicKey Ed25519, SPKI DER in base64 (`IDENTITY_PUBLIC_KEY`).
 * @returns a function that throws for anything but a valid, unexpired token of the gateway.
 */
export function createIdentityVerifier(publicKey: string): (token: string) => Omit<Identity, 'orderToken'> {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  const verify = createVerifier({
    key: key.export({ format: 'pem', type: 'spki' }).toString(),
    algorithms: ['EdDSA'],
    allowedIss: ISSUER,
    clockTolerance: CLOCK_LEEWAY_MS,
    cache: VERIFIED_CACHE_SIZE,
    cacheTTL: VERIFIED_CACHE_TTL_MS,
  });
  return (token) => {
    const claims = claimsSchema.parse(verify(token));
    if (claims.sub === undefined) return ANONYMOUS;
    return {
      userId: claims.sub,
      roles: claims.roles,
      businessId: claims.businessId,
      email: claims.email,
      sessionId: claims.sid ?? null,
      isAdmin: claims.roles.includes('ADMIN'),
      isAnonymous: false,
    };
  };
}

/** A function that gives a service's token, made anew before it grows old. */
export function createServiceTokenSigner(service: string, secret: string): () => string {
  const sign = createSigner({ key: secret, algorithm: 'HS256', expiresIn: LIFETIME_MS });
  let token = '';
  let freshUntilMs = 0;
  return () => {
    const nowMs = Date.now();
    if (nowMs >= freshUntilMs) {
      token = sign({ sub: `service:${service}` });
      freshUntilMs = nowMs + LIFETIME_MS / 2;
    }
    return token;
  };
}

const serviceClaimsSchema = z.object({ sub: z.string().regex(/^service:[a-z-]+$/) });

/** @returns a function from token to the name of the service that it claims; throws for anything else. */
export function createServiceTokenVerifier(secret: string): (token: string) => string {
  const verify = createVerifier({
    key: secret,
    algorithms: ['HS256'],
    clockTolerance: CLOCK_LEEWAY_MS,
    cache: 100,
    cacheTTL: VERIFIED_CACHE_TTL_MS,
  });
  return (token) => serviceClaimsSchema.parse(verify(token)).sub.slice('service:'.length);
}
