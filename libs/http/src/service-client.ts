import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import CircuitBreaker from 'opossum';
import { Pool } from 'undici';
import type { z } from 'zod';
import {
  badGateway,
  childTraceparent,
  correlation,
  DomainError,
  timedOut,
  unavailable,
  type ErrorDetails,
  type ErrorKind,
} from '@reseller/runtime';
import { createServiceTokenSigner, SERVICE_TOKEN_HEADER } from './identity-token.js';
import { STATUS_OF_KIND } from './problem.js';

export interface ServiceClientOptions {
  /** Who calls, `order`. */
  readonly self: string;
  /** Who is called, `pricing`; names it in errors. */
  readonly target: string;
  readonly baseUrl: string;
  /** `INTERNAL_SERVICE_SECRET`. */
  readonly serviceSecret: string;
  /** From here to the end of the answer; waiting for a connection and trying again are included. */
  readonly timeoutMs?: number;
}

interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}

/** The time that one call may take; undici abandons the call when it is over, and costs less with this than with an AbortSignal. */
class CallTime extends EventEmitter {
  aborted = false;
  private readonly timer: NodeJS.Timeout;

  constructor(timeoutMs: number) {
    super();
    this.timer = setTimeout(() => {
      this.aborted = true;
      this.emit('abort');
    }, timeoutMs);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

const CONNECTIONS = 32;
/** Calls under way at once; one more is refused, because a queue behind a slow service only makes it slower. */
const CAPACITY = 256;
const RETRIES = 2;
const KIND_OF_STATUS = new Map<number, ErrorKind>(
  (Object.keys(STATUS_OF_KIND) as ErrorKind[]).map((kind) => [STATUS_OF_KIND[kind], kind]),
);

/** Answers of the called service that say "no"; they are no sign that it is ill. */
const isAnswer = (error: unknown): boolean =>
  error instanceof DomainError && STATUS_OF_KIND[error.kind] < 500 && error.kind !== 'rate-limited';

/**
 * Calls another service's `/internal/*` over a keep-alive pool with a timeout, a circuit breaker and a bound on what is
 * under way. A problem from below comes out as the same {@link DomainError}; no answer in time is `timeout`, nobody
 * there is `unavailable`.
 */
export class ServiceClient {
  private readonly pool: Pool;
  private readonly token: () => string;
  private readonly breaker: CircuitBreaker<[Call, CallTime], unknown>;
  private readonly timeoutMs: number;

  constructor(private readonly options: ServiceClientOptions) {
    this.timeoutMs = options.timeoutMs ?? 2_000;
    this.pool = new Pool(new URL(options.baseUrl).origin, {
      connections: CONNECTIONS,
      // Counted by the call itself: these would only begin when it has a connection.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: this.timeoutMs },
    });
    this.token = createServiceTokenSigner(options.self, options.serviceSecret);
    this.breaker = new CircuitBreaker((call: Call, time: CallTime) => this.send(call, time), {
      timeout: false,
      capacity: CAPACITY,
      errorFilter: isAnswer,
      volumeThreshold: 20,
      errorThresholdPercentage: 50,
      resetTimeout: 2_000,
    });
  }

  get<S extends z.ZodType>(path: string, schema: S): Promise<z.infer<S>> {
    return this.call({ method: 'GET', path }, schema, true);
  }

  /** As `get`, but undefined for what the called service does not have. */
  async find<S extends z.ZodType>(path: string, schema: S): Promise<z.infer<S> | undefined> {
    try {
      return await this.get(path, schema);
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'not-found') return undefined;
      throw error;
    }
  }

  /** `idempotent: true` allows retries: only for calls that may be repeated without a second effect. */
  post<S extends z.ZodType>(
    path: string,
    body: unknown,
    schema: S,
    options: { idempotent?: boolean } = {},
  ): Promise<z.infer<S>> {
    return this.call({ method: 'POST', path, body }, schema, options.idempotent === true);
  }

  async close(): Promise<void> {
    this.breaker.shutdown();
    await this.pool.close();
  }

  private async call<S extends z.ZodType>(call: Call, schema: S, mayRetry: boolean): Promise<z.infer<S>> {
    const time = new CallTime(this.timeoutMs);
    try {
      return schema.parse(await this.fire(call, mayRetry, time));
    } catch (error) {
      throw this.asDomainError(error);
    } finally {
      time.stop();
    }
  }

  private async fire(call: Call, mayRetry: boolean, time: CallTime): Promise<unknown> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.breaker.fire(call, time);
      } catch (error) {
        const failure = this.asDomainError(error);
        if (!mayRetry || attempt >= RETRIES || failure.kind !== 'unavailable' || this.breaker.opened) throw failure;
        await sleep(20 * 2 ** attempt * (0.5 + Math.random()));
      }
    }
  }

  private async send({ method, path, body }: Call, time: CallTime): Promise<unknown> {
    const context = correlation.current();
    const response = await this.pool.request({
      method,
      path,
      signal: time,
      headers: {
        accept: 'application/json',
        [SERVICE_TOKEN_HEADER]: this.token(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(context === undefined
          ? {}
          : { 'x-request-id': context.requestId, traceparent: childTraceparent(context.traceparent) }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    if (response.statusCode >= 400) throw this.problemFrom(response.statusCode, text);
    return text === '' ? undefined : JSON.parse(text);
  }

  private problemFrom(status: number, text: string): DomainError {
    const problem = parseProblem(text);
    const kind = KIND_OF_STATUS.get(status);
    if (kind === undefined || problem === undefined) {
      return badGateway('UPSTREAM_FAILED', `The ${this.options.target} service failed.`);
    }
    return new DomainError(kind, problem.code, problem.message, problem.details);
  }

  private asDomainError(error: unknown): DomainError {
    if (error instanceof DomainError) return error;
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    const name = this.options.target;
    if (code === 'UND_ERR_ABORTED') {
      return timedOut('UPSTREAM_TIMEOUT', `The ${name} service did not answer in time. Try again.`);
    }
    if (code.startsWith('UND_ERR') || code.startsWith('E')) {
      return unavailable('UPSTREAM_UNAVAILABLE', `The ${name} service is not available right now. Try again.`);
    }
    return badGateway('UPSTREAM_FAILED', `The ${name} service gave an answer that cannot be read.`);
  }
}

function parseProblem(text: string): { code: string; message: string; details: ErrorDetails } | undefined {
  try {
    const { code, detail, details, errors } = JSON.parse(text) as Record<string, unknown>;
    if (typeof code !== 'string') return undefined;
    return {
      code,
      message: typeof detail === 'string' ? detail : code,
      details: { ...(typeof details === 'object' ? details : {}), ...(errors === undefined ? {} : { errors }) },
    };
  } catch {
    return undefined;
  }
}
