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
import type { Role } from '@reseller/contracts';
import type { IdempotentRequest } from './idempotency.js';
import { ANONYMOUS, type Identity } from './identity.js';
import { PUBLIC_EXTENSION, ROLES_EXTENSION } from './openapi.js';

export const ACCESS = Symbol('access');
export const ALLOWED_ROLES = Symbol('allowed-roles');
export const LIVE_ADMIN = Symbol('live-admin');

/** Who may reach a handler. Without a decorator: signed-in people. */
export type Access = 'open' | 'public' | 'internal';

/** Needs no token at all: health, metrics, documents. */
export const Open = () => SetMetadata(ACCESS, 'open' satisfies Access);

/** Anonymous callers may come through the gateway; the gateway still has to vouch for the request. */
export const Public = () =>
  applyDecorators(SetMetadata(ACCESS, 'public' satisfies Access), ApiExtension(PUBLIC_EXTENSION, true));

/** Only other services, by their service token. */
export const InternalOnly = () => SetMetadata(ACCESS, 'internal' satisfies Access);

/** The caller needs at least one of these roles. */
export const Roles = (...roles: Role[]) =>
  applyDecorators(SetMetadata(ALLOWED_ROLES, roles), ApiExtension(ROLES_EXTENSION, roles));

/** For routes that move money: the caller must be ADMIN in the token and, asked just now, at the auth service. */
export const LiveAdmin = () => applyDecorators(Roles('ADMIN'), SetMetadata(LIVE_ADMIN, true));

declare module 'fastify' {
  interface FastifyRequest {
    identity?: Identity;
    serviceIdentity?: string;
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
  schema: { type: 'string', maxLength: 200 },
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
