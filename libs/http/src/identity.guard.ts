import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Role } from '@reseller/contracts';
import { forbidden, unauthenticated } from '@reseller/runtime';
import { AdminDirectory } from './admin-directory.js';
import { ACCESS, ALLOWED_ROLES, CALLING_SERVICES, LIVE_ADMIN, type Access } from './decorators.js';
import type { Identity } from './identity.js';
import { IDENTITY_HEADER, SERVICE_TOKEN_HEADER } from './identity-token.js';

export const IDENTITY_VERIFIERS = Symbol('IDENTITY_VERIFIERS');

export interface IdentityVerifiers {
  readonly person: (token: string) => Omit<Identity, 'orderToken'>;
  readonly service: (token: string) => string;
}

const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** Lets a request in only with the identity its handler asks for. A request straight to a service port has none: 401. */
@Injectable()
export class IdentityGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(IDENTITY_VERIFIERS) private readonly verifiers: IdentityVerifiers,
    private readonly admins: AdminDirectory,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, targets);
    if (access === 'open') return true;

    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (access === 'internal') {
      this.requireCaller(
        this.serviceOf(request),
        this.reflector.getAllAndOverride<string[]>(CALLING_SERVICES, targets),
      );
      return true;
    }
    const identity = this.personOf(request);
    request.identity = identity;
    if (identity.isAnonymous && access !== 'public') {
      throw unauthenticated('UNAUTHENTICATED', 'Sign in first: send an access token as a Bearer token.');
    }
    this.requireRole(identity, this.reflector.getAllAndOverride<Role[] | undefined>(ALLOWED_ROLES, targets));
    if (this.reflector.getAllAndOverride<boolean | undefined>(LIVE_ADMIN, targets) === true) {
      await this.admins.requireStillAdmin(identity);
    }
    return true;
  }

  private personOf(request: FastifyRequest): Identity {
    const token = header(request, IDENTITY_HEADER);
    if (token === undefined) throw unauthenticated('UNAUTHENTICATED', 'Requests come through the gateway.');
    try {
      return { ...this.verifiers.person(token), orderToken: header(request, 'x-order-token') ?? null };
    } catch {
      throw unauthenticated('UNAUTHENTICATED', 'The identity of this request is not valid.');
    }
  }

  private serviceOf(request: FastifyRequest): string {
    const token = header(request, SERVICE_TOKEN_HEADER);
    if (token === undefined) throw unauthenticated('UNAUTHENTICATED', 'This route is for services.');
    try {
      return this.verifiers.service(token);
    } catch {
      throw unauthenticated('UNAUTHENTICATED', 'The service token is not valid.');
    }
  }

  private requireCaller(service: string, allowed: readonly string[]): void {
    if (!allowed.includes(service)) throw forbidden('FORBIDDEN', `This route is not for the ${service} service.`);
  }

  private requireRole(identity: Identity, allowed: readonly Role[] | undefined): void {
    if (allowed === undefined || allowed.some((role) => identity.roles.includes(role))) return;
    throw forbidden('FORBIDDEN', `This needs the role ${allowed.join(' or ')}.`);
  }
}
