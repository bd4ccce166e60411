import { AsyncLocalStorage } from 'node:async_hooks';
import http from 'node:http';
import https from 'node:https';
import Razorpay from 'razorpay';
import { z } from 'zod';

/*
 * Razorpay's SDK, hardened. As it comes (2.9.8) it has no timeout, turns a network error into a TypeError, throws plain
 * objects, drops headers, and keeps the key secret where a log line can find it. Its axios instance is reachable, so all
 * of that is mended there: base URL, timeout, keep-alive, headers and authentication by interceptor, and every failure in
 * one shape that says whether the request may have been carried out.
 */

export interface RazorpaySdkOptions {
  readonly keyId: string;
  readonly keySecret: string;
  /** `https://api.razorpay.com`, or the sandbox; the SDK adds `/v1` itself. */
  readonly apiUrl: string;
  readonly timeoutMs: number;
}

/** A call that did not succeed. `status` is 0 where no answer came. */
export const sdkFailureSchema = z.object({
  statusCode: z.number(),
  error: z
    .object({ code: z.string().catch('UNKNOWN'), description: z.string().catch('') })
    .catch({ code: 'UNKNOWN', description: '' }),
});
export type SdkFailure = z.infer<typeof sdkFailureSchema>;

/** The part of an axios instance that is used here; the SDK does not export its type. */
interface Axios {
  readonly defaults: Record<string, unknown>;
  readonly interceptors: {
    readonly request: { use(before: (config: AxiosRequest) => AxiosRequest): void };
    readonly response: { use(ok: (response: unknown) => unknown, failed: (error: unknown) => never): void };
  };
}
interface AxiosRequest {
  readonly headers: { set(name: string, value: string): void };
}
/** Fails at boot where another version of the SDK keeps it elsewhere. */
const axiosSchema = z.custom<Axios>((value) => typeof value === 'function' && 'interceptors' in value);

const SOCKETS_MAX = 32;
const BODY_LIMIT_BYTES = 1_048_576;

export interface HardenedSdk {
  readonly sdk: Razorpay;
  /** Runs a call of the SDK with more headers, for which its methods have no parameter. */
  withHeaders<T>(headers: Readonly<Record<string, string>>, call: () => Promise<T>): Promise<T>;
}

export function openRazorpaySdk(options: RazorpaySdkOptions): HardenedSdk {
  const { keyId, keySecret } = options;
  const sdk = new Razorpay({ key_id: keyId, key_secret: keySecret });
  const axios = axiosSchema.parse(Reflect.get(sdk.api, 'rq'));
  const headersOfCall = new AsyncLocalStorage<Readonly<Record<string, string>>>();
  const authorization = `Basic ${Buffer.from(`${keyId}:${keySecret}`).toString('base64')}`;

  delete axios.defaults['auth'];
  Object.defineProperty(sdk, 'key_secret', { value: undefined, enumerable: false });
  Object.assign(axios.defaults, {
    baseURL: options.apiUrl,
    timeout: options.timeoutMs,
    maxRedirects: 0,
    maxContentLength: BODY_LIMIT_BYTES,
    httpAgent: new http.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX }),
    httpsAgent: new https.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX }),
  });
  axios.interceptors.request.use((config) => {
    config.headers.set('Authorization', authorization);
    for (const [name, value] of Object.entries(headersOfCall.getStore() ?? {})) config.headers.set(name, value);
    return config;
  });
  axios.interceptors.response.use((response) => response, rethrowReadable);
  return { sdk, withHeaders: (headers, call) => headersOfCall.run(headers, call) };
}

const axiosErrorSchema = z.object({
  code: z.string().optional(),
  response: z.object({ status: z.number(), data: z.unknown() }).optional(),
});
const errorBodySchema = z.object({ error: z.object({ code: z.string(), description: z.string().nullish() }) });

/**
 * The SDK reads `response.data.error` of whatever is thrown here. It gets exactly that and nothing else: an axios error
 * would bring the request with its credentials along, and a network error has no response.
 */
function rethrowReadable(error: unknown): never {
  const { code, response } = axiosErrorSchema.catch({}).parse(error);
  const body = errorBodySchema.safeParse(response?.data);
  const description = body.success ? (body.data.error.description ?? '') : '';
  const fallback = response === undefined ? (code ?? 'NO_ANSWER') : 'UNREADABLE';
  throw Object.assign(new Error('Razorpay did not answer as asked'), {
    response: {
      status: response?.status ?? 0,
      data: { error: { code: body.success ? body.data.error.code : fallback, description } },
    },
  });
}
