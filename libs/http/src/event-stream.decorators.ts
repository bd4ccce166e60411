import { applyDecorators, createParamDecorator, Header, type ExecutionContext } from '@nestjs/common';
import { ApiHeader, ApiProduces, ApiResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { invalid } from '@reseller/runtime';
import type { z } from 'zod';

/** Positions are counted by ones from zero; so many digits are a safe integer. */
const POSITION = /^\d{1,15}$/;

/**
 * A GET that answers server-sent events: return the {@link EventStream}'s `answer`.
 *
 * @param schema of the `data` of its events
 */
export const StreamsEvents = (schema: z.ZodType, description: string) =>
  applyDecorators(
    // Nobody on the way may keep it, or hold it back to pack it.
    Header('Cache-Control', 'no-store, no-transform'),
    Header('X-Accel-Buffering', 'no'),
    ApiProduces('text/event-stream'),
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      description: 'The `id` of the last event that was seen: the stream goes on after it.',
      schema: { type: 'string', pattern: POSITION.source },
    }),
    ApiResponse({ status: 200, description, standardSchema: schema }),
  );

/**
 * Where the reader wants to go on: its `Last-Event-ID`; undefined for a new reader. A stream takes no query: a token, which
 * clients that cannot send headers put there, would end in logs.
 *
 * @throws 400 for what is no position, and for a query
 */
export const StreamPosition = createParamDecorator((_: unknown, context: ExecutionContext): number | undefined => {
  const { headers, query } = context.switchToHttp().getRequest<FastifyRequest>();
  const [unknown] = Object.keys(query ?? {});
  if (unknown !== undefined) {
    throw invalid('VALIDATION_FAILED', 'A stream takes no query; tokens are sent as headers.', {
      errors: [{ path: unknown, message: 'is not known' }],
    });
  }
  const id = headers['last-event-id'];
  if (id === undefined || id === '') return undefined;
  if (typeof id === 'string' && POSITION.test(id)) return Number(id);
  throw invalid('INVALID_LAST_EVENT_ID', 'Last-Event-ID must be the id of an event of this stream.');
});
