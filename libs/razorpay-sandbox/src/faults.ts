import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { invalidField, serverErrorBody } from './razorpay-error.js';

/*
 * Faults on demand, for the failures that a payment client must survive. `timeout`, `error-500` and `html-502` happen
 * instead of the request's effect; `drop-after-effect` does the work and then cuts the connection, so that the caller
 * cannot know; `latency` answers late, so that with a patient caller it is slow and with an impatient one unknown too.
 */

export const FAULT_KINDS = ['timeout', 'error-500', 'html-502', 'drop-after-effect', 'latency'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface FaultRequest {
  /** Method and path as in Razorpay's documentation, such as `POST /payments/:id/refund`; `*` is every route. */
  readonly route: string;
  readonly kind: FaultKind;
  readonly times: number;
  /** How long `latency` waits, and after how long `timeout` closes the silent connection. */
  readonly delayMs?: number;
}

export interface Fault extends FaultRequest {
  remaining: number;
}

/** Of a request: before it has its effect, or after it and before it is answered. */
export type Moment = 'before-effect' | 'before-answer';

interface Interleaving {
  readonly route: string;
  readonly moment: Moment;
  readonly work: () => Promise<unknown>;
}

const EVERY_ROUTE = '*';
const SILENCE_MS = 60_000;
const LATENCY_MS = 1_000;
const BAD_GATEWAY_PAGE =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n';

export class Faults {
  private faults: Fault[] = [];
  private interleavings: Interleaving[] = [];
  private readonly routes = new Set<string>();
  private readonly doomed = new WeakSet<FastifyRequest>();
  private readonly closing = new AbortController();

  add(request: FaultRequest): Fault {
    this.requireRoute(request.route);
    const fault = { ...request, remaining: request.times };
    this.faults.push(fault);
    return fault;
  }

  /** Has something done exactly in the gap of the next request of a route. @returns when it is done */
  meanwhile<T>(route: string, moment: Moment, work: () => Promise<T>): Promise<T> {
    this.requireRoute(route);
    return new Promise<T>((resolve, reject) => {
      // The request goes on whatever came of it: who has asked for it is told.
      const whole = () => work().then(resolve, reject);
      this.interleavings.push({ route, moment, work: whole });
    });
  }

  list(): readonly Fault[] {
    return this.faults;
  }

  clear(): void {
    this.faults = [];
  }

  /** Ends the silences, so that the server can close. */
  close(): void {
    this.closing.abort();
  }

  /** Makes the routes registered on `scope` from now on subject to faults. `prefix` is not part of a route's name. */
  install(scope: FastifyInstance, prefix: string): void {
    scope.addHook('onRoute', (route) => {
      for (const method of [route.method].flat()) {
        if (method !== 'HEAD') this.routes.add(`${method} ${route.url.slice(prefix.length)}`);
      }
    });
    scope.addHook('onRequest', async (request, reply) => {
      const url = request.routeOptions.url ?? '';
      const route = `${request.method} ${url.slice(prefix.length)}`;
      await this.interleave(route, 'before-effect');
      const fault = this.take(route);
      if (fault !== null) await this.inflict(fault, request, reply);
    });
    scope.addHook('onSend', async (request, _reply, payload) => {
      await this.interleave(
        `${request.method} ${(request.routeOptions.url ?? '').slice(prefix.length)}`,
        'before-answer',
      );
      if (this.doomed.has(request)) request.raw.socket.destroy();
      return payload;
    });
  }

  private requireRoute(route: string): void {
    if (route === EVERY_ROUTE || this.routes.has(route)) return;
    throw invalidField('route', `The route must be * or one of: ${[...this.routes].join(', ')}`);
  }

  private async interleave(route: string, moment: Moment): Promise<void> {
    const due = this.interleavings.find((one) => one.moment === moment && [EVERY_ROUTE, route].includes(one.route));
    if (due === undefined) return;
    this.interleavings = this.interleavings.filter((other) => other !== due);
    await due.work();
  }

  private take(route: string): Fault | null {
    const fault = this.faults.find((candidate) => candidate.route === EVERY_ROUTE || candidate.route === route);
    if (fault === undefined) return null;
    fault.remaining -= 1;
    if (fault.remaining === 0) this.faults = this.faults.filter((other) => other !== fault);
    return fault;
  }

  private async inflict(fault: Fault, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    switch (fault.kind) {
      case 'timeout':
        reply.hijack();
        await this.wait(fault.delayMs ?? SILENCE_MS, request);
        request.raw.socket.destroy();
        return;
      case 'error-500':
        await reply.code(500).send(serverErrorBody());
        return;
      case 'html-502':
        await reply.code(502).type('text/html').send(BAD_GATEWAY_PAGE);
        return;
      case 'drop-after-effect':
        this.doomed.add(request);
        return;
      case 'latency':
        await this.wait(fault.delayMs ?? LATENCY_MS, null);
        return;
    }
  }

  /** Waits until the time is over, the sandbox closes or, where a request is given, its caller has hung up. */
  private async wait(delayMs: number, request: FastifyRequest | null): Promise<void> {
    const hungUp = new AbortController();
    request?.raw.socket.once('close', () => hungUp.abort());
    const signal = AbortSignal.any([this.closing.signal, hungUp.signal]);
    await sleep(delayMs, undefined, { signal }).catch(() => undefined);
  }
}
