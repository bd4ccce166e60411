import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { ServiceName } from '@reseller/contracts';
import { isEtagSeen } from '@reseller/http';
import { sendAnswer, type WholeAnswer } from './whole-answer.js';

interface KeptAnswer extends WholeAnswer {
  readonly keptAtMs: number;
}

const ENTRIES_MAX = 5_000;
const BYTES_MAX = 32 * 1_048_576;
/** Whatever a service says, nothing is kept for longer. */
const SECONDS_MAX = 10;

/** An answer that has one of these may be another for somebody else. */
const NOT_FOR_ALL = ['set-cookie', 'vary', 'content-encoding'];
const NOT_TO_KEEP = /(?:^|,)\s*(?:private|no-store|no-cache)\b/i;
const SHARED_FOR = /(?:^|,)\s*s-maxage=(\d{1,6})\s*(?:,|$)/i;

/**
 * A shared HTTP cache (RFC 9111) for what services give to everybody: an answer to a GET without credentials that says
 * `s-maxage` is given again for that many seconds, so that a page which many people look at is asked for about once a
 * second. A change that passes this gateway drops everything of its service, so that whoever changes something sees it at
 * once; behind other instances of gateway or service the old page may be seen a little longer.
 */
export class SharedCache {
  private readonly kept = new Map<ServiceName, LRUCache<string, KeptAnswer>>();
  private readonly generations = new Map<ServiceName, number>();

  /** Whether the answer may come from here and go in here. `no-cache` of a client that wants it fresh is respected. */
  concerns({ method, headers }: FastifyRequest): boolean {
    return method === 'GET' && headers.authorization === undefined && headers['cache-control'] === undefined;
  }

  find(service: ServiceName, url: string): KeptAnswer | undefined {
    return this.kept.get(service)?.get(url);
  }

  /** To be called before the answer is asked for; the result keeps it, unless it was overtaken by a change. */
  keeper(service: ServiceName, url: string): (answer: WholeAnswer) => void {
    const generation = this.generations.get(service) ?? 0;
    return (answer) => {
      const ttl = sharedForMs(answer);
      if (ttl === 0 || generation !== (this.generations.get(service) ?? 0)) return;
      this.of(service).set(url, { ...answer, keptAtMs: Date.now() }, { ttl });
    };
  }

  /** Something of this service has changed. */
  drop(service: ServiceName): void {
    this.generations.set(service, (this.generations.get(service) ?? 0) + 1);
    this.kept.get(service)?.clear();
  }

  private of(service: ServiceName): LRUCache<string, KeptAnswer> {
    const known = this.kept.get(service);
    if (known !== undefined) return known;
    const cache = new LRUCache<string, KeptAnswer>({
      max: ENTRIES_MAX,
      maxSize: BYTES_MAX,
      sizeCalculation: ({ body }, url) => body.length + url.length + 500,
    });
    this.kept.set(service, cache);
    return cache;
  }
}

function sharedForMs({ status, headers }: WholeAnswer): number {
  const control = headers['cache-control'];
  if (status !== 200 || typeof control !== 'string' || NOT_FOR_ALL.some((name) => name in headers)) return 0;
  if (NOT_TO_KEEP.test(control)) return 0;
  return Math.min(Number(SHARED_FOR.exec(control)?.[1] ?? 0), SECONDS_MAX) * 1_000;
}

/** Sends what everybody is given, or 304 to who has these bytes already. `keptAtMs`: when it was, if it comes from here. */
export function sendShared(request: FastifyRequest, reply: FastifyReply, answer: WholeAnswer, keptAtMs?: number): void {
  if (keptAtMs !== undefined) void reply.header('age', String(Math.floor((Date.now() - keptAtMs) / 1_000)));
  const { etag } = answer.headers;
  const isSeen = typeof etag === 'string' && isEtagSeen(request.headers['if-none-match'], etag);
  if (answer.status !== 200 || !isSeen) return sendAnswer(reply, answer);
  void reply.code(304).headers(answer.headers).removeHeader('content-length').removeHeader('content-type').send();
}
