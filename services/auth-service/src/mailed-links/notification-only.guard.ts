import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { forbidden } from '@reseller/runtime';
import type { FastifyRequest } from 'fastify';

/** Of all services only notification sends mail; no other has a reason to hold a link that opens an account. */
@Injectable()
export class NotificationOnly implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { serviceIdentity } = context.switchToHttp().getRequest<FastifyRequest>();
    if (serviceIdentity === 'service:notification') return true;
    throw forbidden('FORBIDDEN', 'Only the notification service may redeem links.');
  }
}
