import { Module, type DynamicModule, StandardSchemaSerializerInterceptor, StandardSchemaValidationPipe } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, Reflector } from '@nestjs/core';
import { Database } from '@reseller/persistence';
import { CLOCK, invalid, LOGGER, systemClock, type Clock, type Logger } from '@reseller/runtime';
import { AdminDirectory } from './admin-directory.js';
import { HealthController, HealthRegistry, SERVICE_NAME } from './health.js';
import { IdempotencyKeys } from './idempotency.js';
import { IdentityGuard, IDENTITY_VERIFIERS } from './identity.guard.js';
import { createIdentityVerifier, createServiceTokenVerifier } from './identity-token.js';
import { MetricsController } from './metrics.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { ServiceClient } from './service-client.js';

export interface HttpEdgeOptions {
  /** `order-service` */
  readonly name: string;
  readonly identityPublicKey: string;
  readonly serviceSecret: string;
  readonly authServiceUrl: string;
  readonly logger: Logger;
  readonly clock?: Clock;
}

const pathOf = (path: readonly unknown[] | undefined): string =>
  (path ?? [])
    .map((segment) => (typeof segment === 'object' && segment !== null && 'key' in segment ? segment.key : segment))
    .join('.');

const validationPipe = new StandardSchemaValidationPipe({
  exceptionFactory: (issues) =>
    invalid('VALIDATION_FAILED', 'The request is not valid; see errors.', {
      errors: issues.slice(0, 50).map((issue) => ({ path: pathOf(issue.path), message: issue.message })),
    }),
});

/** What every service's HTTP edge has in common: identity, validation, problems, idempotency, health and metrics. */
@Module({})
export class HttpEdgeModule {
  static forService(options: HttpEdgeOptions): DynamicModule {
    const { logger } = options;
    return {
      module: HttpEdgeModule,
      global: true,
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: LOGGER, useValue: logger },
        { provide: CLOCK, useValue: options.clock ?? systemClock },
        { provide: SERVICE_NAME, useValue: options.name },
        {
          provide: HealthRegistry,
          inject: [Database],
          useFactory: (database: Database) => {
            const registry = new HealthRegistry();
            registry.add({
              name: 'database',
              required: true,
              check: () => database.ping().then(() => ({ state: 'up' as const })),
            });
            return registry;
          },
        },
        {
          provide: IDENTITY_VERIFIERS,
          useValue: {
            person: createIdentityVerifier(options.identityPublicKey),
            service: createServiceTokenVerifier(options.serviceSecret),
          },
        },
        {
          provide: AdminDirectory,
          useFactory: () =>
            new AdminDirectory(
              new ServiceClient({
                self: options.name.replace(/-service$/, ''),
                target: 'auth',
                baseUrl: options.authServiceUrl,
                serviceSecret: options.serviceSecret,
              }),
            ),
        },
        IdempotencyKeys,
        { provide: APP_GUARD, useClass: IdentityGuard },
        { provide: APP_PIPE, useValue: validationPipe },
        { provide: APP_FILTER, useValue: new ProblemFilter(logger) },
        {
          provide: APP_INTERCEPTOR,
          inject: [Reflector],
          useFactory: (reflector: Reflector) => new StandardSchemaSerializerInterceptor(reflector),
        },
      ],
      exports: [LOGGER, CLOCK, HealthRegistry, IdempotencyKeys, AdminDirectory],
    };
  }
}
