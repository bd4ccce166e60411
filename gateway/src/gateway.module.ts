import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { Redis } from 'ioredis';
import { ProblemFilter } from '@reseller/http';
import { LOGGER, type Logger } from '@reseller/runtime';
import { DocsController } from './docs/docs.controller.js';
import { CONFIG, type GatewayConfig } from './gateway.config.js';
import { PlatformHealthController } from './health/platform-health.controller.js';
import { AccessTokenStrategy } from './identity/access-token.strategy.js';
import { Callers } from './identity/callers.js';
import { REDIS } from './proxy/rate-limits.js';
import { StreamLane } from './proxy/stream-lane.js';
import { GatewayMetricsController } from './health/gateway-metrics.controller.js';

@Module({})
export class GatewayModule {
  static forRoot(config: GatewayConfig, logger: Logger, redis: Redis | undefined): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [PlatformHealthController, GatewayMetricsController, DocsController],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: REDIS, useValue: redis },
        AccessTokenStrategy,
        Callers,
        StreamLane,
        { provide: APP_FILTER, useValue: new ProblemFilter(logger) },
      ],
    };
  }
}
