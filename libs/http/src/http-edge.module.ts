import {
  Injectable,
  Module,
  StandardSchemaSerializerInterceptor,
  StandardSchemaValidationPipe,
  type DynamicModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, Reflector } from '@nestjs/core';
import { Database } from '@reseller/persistence';
import { CLOCK, HEALTH_CHECKS, invalid, LOGGER, systemClock, type Clock, type Logger } from '@reseller/runtime';
import { AdminDirectory } from './admin-directory.js';
import { DatabaseMetrics } from './database-metrics.js';
import { HealthController, HealthRegistry, SERVICE_NAME } from './health.js';
import { IdempotencyKeys } from './idempotency.js';
import { IdempotencyRetention } from './idempotency-retention.js';
import { IdentityGuard, IDENTITY_VERIFIERS } from './identity.guard.js';
import { createIdentityVerifier, createServiceTokenVerifier } from './identity-token.js';
import { MetricsController } from './metrics.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { readableIssues } from './readable-issues.js';
import { ServiceClient } from './service-client.js';

export interface HttpEdgeOptions {
  /** `order-service` */
  readonly name: string;
  readonly config: {
    readonly IDENTITY_PUBLIC_KEY: string;
    readonly INTERNAL_SERVICE_SECRET: string;
    readonly AUTH_SERVICE_URL: string;
  };
  readonly logger: Logger;
  /** Made by the service with its generated client; closed here, after everything that uses it has drained. */
  readonly database: Database;
  readonly clock?: Clock;
}

@Injectable()
class DatabaseShutdown implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}

const validationPipe = new StandardSchemaValidationPipe({
  exceptionFactory: (issues) =>
    invalid('VALIDATION_FAILED', 'The request is not valid; see errors.', {
      errors: readableIssues(issues).slice(0, 50),
    }),
});

/** What every service's HTTP edge has in common: identity, validation, problems, idempotency, health and metrics. */
@Module({})
export class HttpEdgeModule {
  static forService(options: HttpEdgeOptions): DynamicModule {
    const { config, logger, database } = options;
    return {
      module: HttpEdgeModule,
      global: true,
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: LOGGER, useValue: logger },
        { provide: CLOCK, useValue: options.clock ?? systemClock },
        { provide: SERVICE_NAME, useValue: options.name },
        { provide: Database, useValue: database },
        DatabaseShutdown,
        DatabaseMetrics,
        {
          provide: HealthRegistry,
          useFactory: () => {
            const registry = new HealthRegistry();
            registry.add({
              name: 'database',
              required: true,
              check: () => database.ping().then(() => ({ state: 'up' as const })),
            });
            return registry;
          },
        },
        { provide: HEALTH_CHECKS, useExisting: HealthRegistry },
        {
          provide: IDENTITY_VERIFIERS,
          useValue: {
            person: createIdentityVerifier(config.IDENTITY_PUBLIC_KEY),
            service: createServiceTokenVerifier(config.INTERNAL_SERVICE_SECRET),
          },
        },
        {
          provide: AdminDirectory,
          useFactory: () =>
            new AdminDirectory(
              new ServiceClient({
                self: options.name.replace(/-service$/, ''),
                target: 'auth',
                baseUrl: config.AUTH_SERVICE_URL,
                serviceSecret: config.INTERNAL_SERVICE_SECRET,
              }),
            ),
        },
        IdempotencyKeys,
        IdempotencyRetention,
        { provide: APP_GUARD, useClass: IdentityGuard },
        { provide: APP_PIPE, useValue: validationPipe },
        { provide: APP_FILTER, useValue: new ProblemFilter(logger) },
        {
          provide: APP_INTERCEPTOR,
          inject: [Reflector],
          useFactory: (reflector: Reflector) => new StandardSchemaSerializerInterceptor(reflector),
        },
      ],
      exports: [Database, LOGGER, CLOCK, HEALTH_CHECKS, HealthRegistry, IdempotencyKeys, AdminDirectory],
    };
  }
}
