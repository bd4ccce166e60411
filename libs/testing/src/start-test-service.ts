import { type ServiceName, SERVICE_NAMES } from '@reseller/contracts';
import { httpClient, type TestClient } from './http-client.js';
import { testBroker, type TestBroker } from './test-broker.js';
import { testDatabase, type TestDatabase } from './test-database.js';
import { TEST_IDENTITY } from './test-identity.js';

/** What this library needs of a Nest application. */
export interface ListeningApp {
  listen(port: number, host: string): Promise<unknown>;
  getUrl(): Promise<string>;
  close(): Promise<void>;
}

export interface StartTestServiceOptions<App extends ListeningApp> {
  readonly service: ServiceName;
  /** Makes the application as `main.ts` would from this environment, event consumers attached, not yet listening. */
  readonly createApp: (env: Record<string, string>) => Promise<App>;
  /** Added to, and winning over, the environment that this function makes. */
  readonly env?: Readonly<Record<string, string>>;
  /** Given ones are shared or outlive this process of the service; they are the caller's to remove. */
  readonly database?: TestDatabase;
  readonly broker?: TestBroker;
}

export interface TestService<App extends ListeningApp> {
  readonly app: App;
  readonly url: string;
  readonly client: TestClient;
  readonly db: TestDatabase;
  readonly broker: TestBroker;
  readonly env: Readonly<Record<string, string>>;
  /** Closes the application and removes what was made for it. */
  stop(): Promise<void>;
}

/** A service over real HTTP on a free port, with a database and a place for events of its own. */
export async function startTestService<App extends ListeningApp>(
  options: StartTestServiceOptions<App>,
): Promise<TestService<App>> {
  const [db, broker] = await Promise.all([
    options.database ?? testDatabase(options.service),
    options.broker ?? testBroker(),
  ]);
  const env = { ...baseEnv(), ...broker.env, DATABASE_URL: db.url, ...options.env };
  const removeOwn = async (): Promise<void> => {
    if (options.broker === undefined) await broker.cleanup();
    if (options.database === undefined) await db.drop();
  };
  try {
    const app = await options.createApp(env);
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const stop = async (): Promise<void> => {
      await app.close();
      await removeOwn();
    };
    return { app, url, client: httpClient(url), db, broker, env, stop };
  } catch (error) {
    await removeOwn();
    throw error;
  }
}

/** Other services are at a port where nobody listens: a test that needs one names it, none reaches one by accident. */
function baseEnv(): Record<string, string> {
  const nobody = 'http://127.0.0.1:9';
  const urls = SERVICE_NAMES.map((name): [string, string] => [
    `${name.toUpperCase().replaceAll('-', '_')}_SERVICE_URL`,
    nobody,
  ]);
  return {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    DATABASE_POOL_SIZE: '6',
    ...TEST_IDENTITY,
    ...Object.fromEntries(urls),
  };
}
