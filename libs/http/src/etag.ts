import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { tap, type Observable } from 'rxjs';

const strong = (tag: string): string => tag.trim().replace(/^W\//, '');

/** Whether an `If-None-Match` header names this entity tag, by weak comparison (RFC 9110, 8.8.3.2 and 13.1.2). */
export function isEtagSeen(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((tag) => strong(tag) === strong(etag) || tag.trim() === '*');
}

/** Sends the `version` of what a handler answers as its ETag, for clients that change it with `If-Match`. */
export class EtagOfVersion implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(tap((answer: unknown) => setEtag(reply, answer)));
  }
}

function setEtag(reply: FastifyReply, answer: unknown): void {
  if (typeof answer !== 'object' || answer === null || !('version' in answer)) return;
  if (typeof answer.version === 'number') reply.header('etag', `"${answer.version}"`);
}
