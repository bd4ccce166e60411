import {
  createParamDecorator,
  SerializeOptions,
  SetMetadata,
  applyDecorators,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiExtension, ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Role, ServiceName } from '@reseller/contracts';
import { KEY_LENGTH_MAX, type IdempotentRequest } from './idempotency.js';
import { ANONYMOUS, type Identity } from './identity.js';
import { ACCESS_EXTENSION, ROLES_EXTENSION } from './openapi.js';

export const ACCESS = Symbol('access');
export const ALLOWED_ROLES = Symbol('allowed-roles');
export const LIVE_ADMIN = Symbol('live-admin');
export const CALLING_SERVICES = Symbol('calling-services');

/** Who may reach a handler. Without a decorator: signed-in people. */
export type Access = 'open' | 'public' | 'internal';

/** Needs no token at all: health, metrics, documents, webhooks. */
export const Open = () =>
  applyDecorators(
    SetMetadata(ACCESS, 'open' satisfies Access),
    ApiExtension(ACCESS_EXTENSION, 'open' satisfies Access),
  );

/** Anonymous callers may come through the gateway; the gateway still has to vouch for the request. */
export const Public = () =>
  applyDecorators(
    SetMetadata(ACCESS, 'public' satisfies Access),
    ApiExtension(ACCESS_EXTENSION, 'public' satisfies Access),
  );

/** {@link Public}, where a guest shows the token of their order to see it. */
export const OpenToGuests = () =>
  applyDecorators(
    Public(),
    ApiHeader({
      name: 'X-Order-Token',
      required: false,
      description: 'For guests: the orderToken that placing the order answered. It stands in for an access token.',
      schema: { type: 'string', maxLength: 200 },
    }),
  );

/** Only these services, by their service token; any other gets 403. */
export const InternalOnly = (...callers: [ServiceName, ...ServiceName[]]) =>
  applyDecorators(SetMetadata(ACCESS, 'internal' satisfies Access), SetMetadata(CALLING_SERVICES, callers));

/** The caller needs at least one of these roles. */
export const Roles = (...roles: Role[]) =>
  applyDecorators(SetMetadata(ALLOWED_ROLES, roles), ApiExtension(ROLES_EXTENSION, roles));

/** For routes that move money, or set what things cost or earn: the caller must be ADMIN in the token and, asked just now, at the auth service. */
export const LiveAdmin = () => applyDecorators(Roles('ADMIN'), SetMetadata(LIVE_ADMIN, true));

declare module 'fastify' {
  interface FastifyRequest {
    identity?: Identity;
  }
}

/** The {@link Identity} of the request; anonymous on public routes without a signed-in caller. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Identity => {
  return context.switchToHttp().getRequest<FastifyRequest>().identity ?? ANONYMOUS;
});

const idempotencyHeader = ApiHeader({
  name: 'Idempotency-Key',
  required: false,
  description: 'The same key with the same body gets the first answer again; with another body it is refused (422).',
  schema: { type: 'string', maxLength: KEY_LENGTH_MAX },
});

/** Documents the header on the handler whose parameter this is. */
const documentIdempotency: ParameterDecorator = (target, key) => {
  const handler = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
  if (key !== undefined && handler !== undefined) idempotencyHeader(target, key, handler);
};

/** What {@link IdempotencyKeys.run} needs of the request. */
export const IdempotentCall = createParamDecorator(
  (_: unknown, context: ExecutionContext): IdempotentRequest => {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const header = request.headers['idempotency-key'];
    return {
      key: Array.isArray(header) ? header[0] : header,
      route: `${request.method} ${request.routeOptions.url ?? request.url}`,
      url: request.url,
      body: request.body,
      replayed: (status) => void reply.status(status).header('Idempotency-Replayed', 'true'),
    };
  },
  [documentIdempotency],
);

/** Documents the answer and strips from it what the schema does not name. */
export function Returns(schema: z.ZodType, options: { status?: number; description?: string } = {}) {
  return applyDecorators(
    SerializeOptions({ schema }),
    ApiResponse({ status: options.status ?? 200, description: options.description ?? 'Done', standardSchema: schema }),
  );
}
