import { type ServiceName } from '@reseller/contracts';
import { readEvents, type TestEventStream } from './event-stream-reader.js';
import { identityHeader, serviceTokenHeader, type TestPerson } from './test-identity.js';

export interface TestResponse<T> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or the text of anything else. Its type is the caller's claim; what it holds is for the test to expect. */
  readonly body: T;
}

type Extra = Readonly<Record<string, string>>;

export interface TestClient {
  get<T = unknown>(path: string, headers?: Extra): Promise<TestResponse<T>>;
  post<T = unknown>(path: string, body?: unknown, headers?: Extra): Promise<TestResponse<T>>;
  patch<T = unknown>(path: string, body?: unknown, headers?: Extra): Promise<TestResponse<T>>;
  put<T = unknown>(path: string, body?: unknown, headers?: Extra): Promise<TestResponse<T>>;
  delete<T = unknown>(path: string, headers?: Extra): Promise<TestResponse<T>>;
  /** Reads server-sent events; on any other answer it is at its end at once. */
  stream(path: string, headers?: Extra): Promise<TestEventStream>;
  /** The same client as a person whom the gateway vouches for. */
  as(person: TestPerson): TestClient;
  /** The same client as somebody who has not signed in. */
  anonymous(): TestClient;
  asService(service: ServiceName): TestClient;
  with(headers: Extra): TestClient;
}

/** A small client for tests: never throws on a status. A body that is a string or bytes is sent as it is. */
export function httpClient(baseUrl: string, base: Extra = {}): TestClient {
  const send = async <T>(method: string, path: string, body: unknown, extra: Extra = {}): Promise<TestResponse<T>> => {
    const headers = new Headers({ ...base, ...extra });
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    if (body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '') && text !== '';
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T };
  };
  const withHeaders = (headers: Extra): TestClient => httpClient(baseUrl, { ...base, ...headers });
  return {
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) => send('POST', path, body, headers),
    patch: (path, body, headers) => send('PATCH', path, body, headers),
    put: (path, body, headers) => send('PUT', path, body, headers),
    delete: (path, headers) => send('DELETE', path, undefined, headers),
    stream: (path, headers) => readEvents(new URL(path, baseUrl), { ...base, ...headers }),
    as: (person) => withHeaders(identityHeader(person)),
    anonymous: () => withHeaders(identityHeader()),
    asService: (service) => withHeaders(serviceTokenHeader(service)),
    with: withHeaders,
  };
}
