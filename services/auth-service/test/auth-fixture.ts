import { randomBytes } from 'node:crypto';
import { createServiceApp } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig, newId } from '@reseller/runtime';
import { startTestService, type TestPerson, type TestService } from '@reseller/testing';
import type { DomainEvent } from '@reseller/contracts';
import { authServiceConfig } from '../src/auth-service.config.js';
import { AuthServiceModule } from '../src/auth-service.module.js';

export const JWT_SECRET = randomBytes(32).toString('hex');
export const PASSWORD = 'password123';

type App = Awaited<ReturnType<typeof createServiceApp>>;
export type AuthTest = TestService<App>;

export async function startAuth(env: Record<string, string> = {}): Promise<AuthTest> {
  return startTestService({
    service: 'auth',
    env: { JWT_SECRET, ...env },
    createApp: async (given) => {
      const config = loadConfig(authServiceConfig, { env: given });
      const logger = createLogger({ service: 'auth-service', level: config.LOG_LEVEL });
      return createServiceApp({
        name: 'auth-service',
        description: 'Under test',
        module: AuthServiceModule.forRoot(config, logger),
        logger,
        host: config.HOST,
        port: config.PORT,
        beforeListen: connectEvents,
      });
    },
  });
}

export interface UserBody {
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly phone: string | null;
  readonly roles: readonly string[];
  readonly isActive: boolean;
  readonly businessId: string | null;
}

export interface SignedInBody {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: UserBody;
}

export interface ProblemBody {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { path: string; message: string }[];
}

export interface PageBody<T> {
  readonly data: readonly T[];
  readonly total: number;
  readonly skip: number;
  readonly take: number;
}

export const newEmail = (): string => `${newId()}@example.com`;

export async function register(auth: AuthTest, fields: Record<string, unknown> = {}): Promise<SignedInBody> {
  const body = { email: newEmail(), password: PASSWORD, ...fields };
  const answer = await auth.client.anonymous().post<SignedInBody>('/auth/register', body);
  if (answer.status !== 201) throw new Error(`registration answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

/** What the gateway would make of this access token. */
export function personOf({ accessToken, user }: SignedInBody, roles: TestPerson['roles'] = ['CUSTOMER']): TestPerson {
  const { sid } = claimsOf(accessToken);
  return { userId: user.id, email: user.email, roles, businessId: user.businessId, sessionId: String(sid) };
}

export { claimsOf };

/** An administrator, made the way `create-admin` leaves one. */
export async function makeAdmin(auth: AuthTest, businessId: string | null = null): Promise<TestPerson> {
  const signedIn = await register(auth);
  await auth.db.query('update users set roles = $2, business_id = $3 where id = $1', [
    signedIn.user.id,
    ['ADMIN'],
    businessId,
  ]);
  return { ...personOf(signedIn, ['ADMIN']), businessId };
}

export async function eventsOf(
  auth: AuthTest,
  type: string,
  aggregateId?: string,
): Promise<DomainEvent<string, Record<string, unknown>>[]> {
  const rows = await auth.db.query<{ payload: DomainEvent<string, Record<string, unknown>> }>(
    'select payload from outbox where type = $1 and ($2::text is null or aggregate_id = $2) order by seq',
    [type, aggregateId ?? null],
  );
  return rows.map(({ payload }) => payload);
}
