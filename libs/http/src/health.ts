import { Controller, Get, HttpStatus, Inject, Injectable, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { DependencyState, HealthCheck, HealthChecks } from '@reseller/runtime';
import { Open } from './decorators.js';

export type { DependencyState, HealthCheck };

const CHECK_TIMEOUT_MS = 2_000;

/** The dependencies of this process; libraries add theirs when they start. */
@Injectable()
export class HealthRegistry implements HealthChecks {
  private readonly checks: HealthCheck[] = [];
  private draining = false;

  add(check: HealthCheck): void {
    this.checks.push(check);
  }

  /** From now on not ready: a load balancer stops sending while requests under way finish. */
  drain(): void {
    this.draining = true;
  }

  async report(): Promise<HealthReport> {
    const entries = await Promise.all(this.checks.map(async (check) => [check, await withTimeout(check)] as const));
    const down = entries.some(([check, { state }]) => check.required && state === 'down');
    const degraded = entries.some(([, { state }]) => state !== 'up');
    return {
      status: this.draining || down ? 'unavailable' : degraded ? 'degraded' : 'ok',
      ...(this.draining ? { detail: 'shutting down' } : {}),
      dependencies: Object.fromEntries(entries.map(([check, state]) => [check.name, state])),
    };
  }
}

export interface HealthReport {
  readonly status: 'ok' | 'degraded' | 'unavailable';
  readonly detail?: string;
  readonly dependencies: Readonly<Record<string, DependencyState>>;
}

async function withTimeout(check: HealthCheck): Promise<DependencyState> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<DependencyState>((resolve) => {
    timer = setTimeout(() => resolve({ state: 'down', detail: 'did not answer in time' }), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([check.check(), late]);
  } catch {
    return { state: 'down', detail: 'not reachable' };
  } finally {
    clearTimeout(timer);
  }
}

export const SERVICE_NAME = Symbol('SERVICE_NAME');

@ApiExcludeController()
@Open()
@Controller('health')
export class HealthController {
  constructor(
    private readonly registry: HealthRegistry,
    @Inject(SERVICE_NAME) private readonly service: string,
  ) {}

  /** Is the process alive; says nothing about what it depends on. */
  @Get('live')
  live() {
    return { status: 'ok', service: this.service };
  }

  /** Can it serve: 503 when a required dependency is down or it is shutting down. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const report = await this.registry.report();
    if (report.status === 'unavailable') void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { service: this.service, ...report };
  }

  @Get()
  async health(@Res({ passthrough: true }) reply: FastifyReply) {
    const report = await this.ready(reply);
    return { ...report, uptimeSeconds: Math.round(process.uptime()) };
  }
}
