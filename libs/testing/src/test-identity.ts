import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { type Role, type ServiceName } from '@reseller/contracts';
import {
  createIdentitySigner,
  createServiceTokenSigner,
  IDENTITY_HEADER,
  SERVICE_TOKEN_HEADER,
  type IdentityClaims,
} from '@reseller/http';

const keys = generateKeyPairSync('ed25519');

/** Keys that live as long as the test process; a service under test trusts them by its environment. */
export const TEST_IDENTITY = {
  IDENTITY_PRIVATE_KEY: keys.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  IDENTITY_PUBLIC_KEY: keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  INTERNAL_SERVICE_SECRET: randomBytes(32).toString('hex'),
} as const;

const sign = createIdentitySigner(TEST_IDENTITY.IDENTITY_PRIVATE_KEY);

export interface TestPerson {
  readonly userId?: string | null;
  readonly roles?: readonly Role[];
  readonly businessId?: string | null;
  readonly email?: string | null;
  readonly sessionId?: string | null;
}

/** The header that the gateway would send for this person; for nobody when there is no `userId`. */
export function identityHeader(person: TestPerson = {}): Record<string, string> {
  const claims: IdentityClaims = {
    userId: person.userId ?? null,
    roles: person.roles ?? (person.userId ? ['CUSTOMER'] : []),
    businessId: person.businessId ?? null,
    email: person.email ?? null,
    sessionId: person.sessionId ?? null,
  };
  return { [IDENTITY_HEADER]: sign(claims) };
}

/** The header that another service would send. */
export function serviceTokenHeader(service: ServiceName): Record<string, string> {
  return { [SERVICE_TOKEN_HEADER]: createServiceTokenSigner(service, TEST_IDENTITY.INTERNAL_SERVICE_SECRET)() };
}
