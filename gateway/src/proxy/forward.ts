import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Dispatcher, Pool } from 'undici';
import { badGateway, correlation, DomainError, invalid, timedOut, unavailable } from '@reseller/runtime';
import type { CallerIdentity } from '../identity/callers.js';
import { sendAnswer, type WholeAnswer } from './whole-answer.js';
import { answerHeaders, upstreamHeaders } from './upstream-headers.js';

/** An answer up to this length is sent on in one piece; a longer one, or one of unknown length, is streamed. */
const WHOLE_MAX_BYTES = 65_536;

const LATE = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT']);
/** undici does not send what it takes for malformed; the service has no part in that. */
const NOT_SENT = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED']);

/** Nobody answered (503, 504) is what the breaker counts. What is no failure of the way there is returned as it is. */
export function failureOf(error: unknown, service: string): unknown {
  if (error instanceof DomainError || typeof error !== 'object' || error === null || !('code' in error)) return error;
  const code = String(error.code);
  if (LATE.has(code)) return tooLate(service);
  if (NOT_SENT.has(code)) return invalid('BAD_REQUEST', 'The request cannot be passed on as it is.');
  return unavailable(
    'UPSTREAM_UNAVAILABLE',
    `The ${service} service is not available right now. Try again in a moment.`,
  );
}

const tooLate = (service: string): DomainError =>
  timedOut(
    'UPSTREAM_TIMEOUT',
    `The ${service} service did not answer in time. It may still have done what you asked; look before you try again.`,
  );

export interface ForwardOptions {
  readonly service: string;
  readonly upstream: Pool;
  readonly caller: CallerIdentity;
  /** From here to the first byte of the answer, waiting for a connection included; and the longest pause of a reader. */
  readonly timeoutMs: number;
  /** Sends an answer that came in one piece, in place of the exchange itself; it wants answers whole, whoever has seen them. */
  readonly sendWhole?: (answer: WholeAnswer) => void;
  /** Of a stream of events, which has no length and long pauses: when it is over, told to the reader as its end. */
  readonly endsAt?: AbortSignal;
}

/** A stream says something every 15 s; a service that is silent for so long is not there any more. */
const STREAM_SILENCE_MS = 60_000;

/**
 * Requests that may wait for a connection to one service: a thousand buyers who come in the same moment. A longer queue only
 * makes a slow service slower; how long each waits is bounded by its own time.
 */
const WAITING_MAX = 1_024;
/** Who hangs up sooner says nothing about the service. */
const PATIENCE_MS = 1_000;

/**
 * Forwards, never twice, and settles when the answer is here whole, has begun to stream, or the caller has gone, so that
 * breaker and lane see how it went and no place in the lane is held for nobody.
 *
 * @throws {DomainError} 503 or 504 when nobody answered, 413 and 400 for what the caller sent.
 */
export function forward(request: FastifyRequest, reply: FastifyReply, options: ForwardOptions): Promise<void> {
  const { upstream, service } = options;
  if (reply.raw.destroyed) return Promise.resolve();
  if (upstream.stats.queued >= WAITING_MAX) {
    return Promise.reject(unavailable('UPSTREAM_BUSY', `The ${service} service is busy. Try again in a moment.`));
  }
  return new Promise((resolve, reject) => {
    const exchange = new Exchange(request, reply, options, resolve, reject);
    const body = bodyOf(request);
    const headers = upstreamHeaders(request, options.caller);
    // A type of nothing: clients send it with a DELETE, and a service would look for JSON.
    if (body === null) delete headers['content-type'];
    if (options.sendWhole !== undefined) delete headers['if-none-match'];
    const announced = request.headers['content-length'];
    if (body instanceof Readable && announced !== undefined) headers['content-length'] = announced;
    const bodyTimeout = options.endsAt === undefined ? {} : { bodyTimeout: STREAM_SILENCE_MS };
    const method = request.method as Dispatcher.HttpMethod;
    upstream.dispatch({ method, path: request.url, headers, body, ...bodyTimeout }, exchange);
  });
}

function bodyOf({ body }: FastifyRequest): Buffer | Readable | null {
  return body instanceof Readable || (Buffer.isBuffer(body) && body.length > 0) ? body : null;
}

const callerGone = () => new Error('the caller has gone');

/** One request on its way to a service and the answer on its way back. */
class Exchange implements Dispatcher.DispatchHandler {
  private readonly startedAtMs = Date.now();
  // Taken now: a body that failed lets go of its connection.
  private readonly socket;
  // undici calls back in the context of whichever request opened the connection.
  private readonly context = correlation.current();
  private timer: NodeJS.Timeout;
  private controller: Dispatcher.DispatchController | undefined;
  private hasEnded = false;
  private answer: { readonly status: number; readonly headers: WholeAnswer['headers'] } | undefined;
  private isWhole = false;
  private readonly chunks: Buffer[] = [];
  private stream: Readable | undefined;

  constructor(
    private readonly request: FastifyRequest,
    private readonly reply: FastifyReply,
    private readonly options: ForwardOptions,
    private readonly settle: () => void,
    private readonly fail: (error: unknown) => void,
  ) {
    this.socket = request.raw.socket;
    this.timer = setTimeout(() => this.giveUp(tooLate(options.service)), options.timeoutMs);
    reply.raw.once('close', () => this.onCallerGone());
    options.endsAt?.addEventListener('abort', () => this.endStream());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.hasEnded || this.isCallerGone()) controller.abort(callerGone());
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // 1xx is between the service and us.
    if (status < 200) return;
    if (status > 599) return this.giveUp(badGateway('UPSTREAM_FAILED', `The ${this.options.service} service failed.`));
    clearTimeout(this.timer);
    this.answer = { status, headers: answerHeaders(headers) };
    const length = Number(headers['content-length'] ?? Number.NaN);
    this.isWhole = this.request.method !== 'HEAD' && length <= WHOLE_MAX_BYTES;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.isWhole) {
      this.chunks.push(chunk);
      return;
    }
    this.stream ??= this.sendStream(controller);
    if (this.stream.push(chunk)) return;
    controller.pause();
    // A caller who does not read holds a connection to the service.
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.reply.raw.destroy(), this.options.timeoutMs);
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    clearTimeout(this.timer);
    this.hasEnded = true;
    if (this.answer === undefined) return;
    if (this.isWhole) {
      this.inContext(() => this.sendWhole());
      return;
    }
    // A HEAD keeps the length that its answer would have.
    this.stream ??= this.sendStream(controller);
    this.stream.push(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.timer);
    // It was ended here, and whoever waited for it has been told.
    if (this.hasEnded) return;
    this.hasEnded = true;
    // A body that breaks off because its sender hung up fails the request to the service as well. The connection says
    // whether it did: the body itself has failed, too, when the service could not be reached to read it.
    if (this.isCallerGone()) this.settle();
    else if (this.stream === undefined) this.fail(failureOf(error, this.options.service));
    else this.stream.destroy(error);
  }

  private sendWhole(): void {
    const { status, headers } = this.answer ?? { status: 502, headers: {} };
    const answer = { status, headers, body: Buffer.concat(this.chunks) };
    if (this.options.sendWhole === undefined) sendAnswer(this.reply, answer);
    else this.options.sendWhole(answer);
    this.settle();
  }

  /** Not before its first byte: an answer that never comes is told as a failure. */
  private sendStream(controller: Dispatcher.DispatchController): Readable {
    const stream = new Readable({
      read: () => {
        clearTimeout(this.timer);
        controller.resume();
      },
    });
    const { status, headers } = this.answer ?? { status: 502, headers: {} };
    this.inContext(() => void this.reply.code(status).headers(headers).send(stream));
    this.settle();
    return stream;
  }

  private endStream(): void {
    if (this.hasEnded) return;
    if (this.stream === undefined) return this.giveUp(tooLate(this.options.service));
    this.hasEnded = true;
    // A reader who does not read is still let go by the timer that runs for them.
    this.stream.push(null);
    this.controller?.abort(callerGone());
  }

  private giveUp(error: DomainError): void {
    this.hasEnded = true;
    clearTimeout(this.timer);
    this.fail(error);
    this.controller?.abort(error);
  }

  private onCallerGone(): void {
    clearTimeout(this.timer);
    if (this.hasEnded) return;
    // A service that kept its caller waiting in vain does not count as one that answered.
    const hasWaited = this.answer === undefined && Date.now() - this.startedAtMs > PATIENCE_MS;
    if (hasWaited) this.fail(tooLate(this.options.service));
    else this.settle();
    this.controller?.abort(callerGone());
  }

  private isCallerGone(): boolean {
    return this.socket.destroyed || this.reply.raw.destroyed;
  }

  private inContext(work: () => void): void {
    if (this.context === undefined) work();
    else correlation.run(this.context, work);
  }
}
