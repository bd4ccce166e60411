import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSigner, createVerifier } from 'fast-jwt';
import { z } from 'zod';
import type { AuthServiceConfig } from '../auth-service.config.js';

/*
 * A refresh token is an HS256 JWT whose `jti` is the secret. The database holds the SHA-256 of the jti and the times, so
 * a copy of it opens nothing. The jti of a token's successor is an HMAC of its own: who shows the same token twice
 * within the grace time gets the very same successor, built again from its stored times, without it lying anywhere.
 * The keys are derived from JWT_SECRET and differ from it, so that a refresh token can never pass for an access token.
 */
const ISSUER = 'reseller-auth';
const AUDIENCE = 'reseller-auth-refresh';

export interface RefreshToken {
  readonly userId: string;
  readonly sessionId: string;
  /** The secret part. */
  readonly jti: string;
}

/** When a token was made and when it ends, in whole seconds as JWTs count. */
export interface TokenTimes {
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

const claimsSchema = z.object({ sub: z.uuid(), sid: z.uuid(), jti: z.string().min(20).max(100) });

const seconds = (time: Date): number => Math.floor(time.getTime() / 1_000);

export class RefreshTokens {
  private readonly successionKey: Buffer;
  private readonly signClaims: (claims: Record<string, unknown>) => string;
  private readonly verify: (token: string) => unknown;

  constructor(config: Pick<AuthServiceConfig, 'JWT_SECRET'>) {
    const derive = (purpose: string): Buffer => createHmac('sha256', config.JWT_SECRET).update(purpose).digest();
    this.successionKey = derive('refresh-token-succession');
    const key = derive('refresh-token-signature');
    this.signClaims = createSigner({ key, algorithm: 'HS256', iss: ISSUER, aud: AUDIENCE });
    this.verify = createVerifier({ key, algorithms: ['HS256'], allowedIss: ISSUER, allowedAud: AUDIENCE });
  }

  /** The first token of a family. */
  first(userId: string, sessionId: string): RefreshToken {
    return { userId, sessionId, jti: randomBytes(32).toString('base64url') };
  }

  successorOf(token: RefreshToken): RefreshToken {
    return { ...token, jti: createHmac('sha256', this.successionKey).update(token.jti).digest('base64url') };
  }

  /** What the database knows a token by. A jti has 256 random bits, so a plain hash cannot be searched. */
  hashOf(token: RefreshToken): Buffer {
    return createHash('sha256').update(token.jti).digest();
  }

  /** The same token and times make the same text. */
  write({ userId, sessionId, jti }: RefreshToken, { issuedAt, expiresAt }: TokenTimes): string {
    return this.signClaims({ sub: userId, sid: sessionId, jti, iat: seconds(issuedAt), exp: seconds(expiresAt) });
  }

  /** @returns null for anything but an unexpired token of ours. */
  read(text: string): RefreshToken | null {
    try {
      const { sub, sid, jti } = claimsSchema.parse(this.verify(text));
      return { userId: sub, sessionId: sid, jti };
    } catch {
      return null;
    }
  }
}
