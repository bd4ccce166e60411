import { Controller, Get, Inject, Optional, Res, type OnApplicationShutdown } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Agent, request } from 'undici';
import { SERVICE_NAMES, type ServiceName } from '@reseller/contracts';
import type { DependencyState } from '@reseller/http';
import type { Redis } from 'ioredis';
import { CONFIG, upstreamUrls, type GatewayConfig } from '../gateway.config.js';
import { REDIS } from '../proxy/rate-limits.js';

interface ServiceState {
  readonly status: string;
  readonly latencyMs: number;
}

const PROBE_TIMEOUT_MS = 2_000;
/** Half a second of memory, so that a crowd of probes does not become eight crowds. */
const REMEMBERED_MS = 500;

@ApiExcludeController()
@Controller('health')
export class PlatformHealthController implements OnApplicationShutdown {
  private readonly agent = new Agent({
    connect: { timeout: PROBE_TIMEOUT_MS },
    headersTimeout: PROBE_TIMEOUT_MS,
    bodyTimeout: PROBE_TIMEOUT_MS,
  });
  private last: { atMs: number; states: Promise<(readonly [ServiceName, ServiceState])[]> } | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: GatewayConfig,
    @Optional() @Inject(REDIS) private readonly redis?: Redis,
  ) {}

  @Get('live')
  live() {
    return { status: 'ok', service: 'gateway' };
  }

  /** In the form of every process. The gateway serves as long as it runs: what stands behind it is shown, not judged. */
  @Get('ready')
  async ready() {
    const { status, dependencies } = await this.report();
    return { service: 'gateway', status, dependencies };
  }

  /** All services with their state and latency; 503 when none can be reached. */
  @Get()
  async health(@Res({ passthrough: true }) reply: FastifyReply) {
    const report = await this.report();
    if (report.status === 'unavailable') void reply.status(503);
    return { service: 'gateway', ...report, uptimeSeconds: Math.round(process.uptime()) };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.close();
  }

  private async report() {
    const states = await this.states();
    const dependencies = { ...Object.fromEntries(states.map(dependencyOf)), ...this.stateOfRedis() };
    const isWhole = Object.values(dependencies).every(({ state }) => state === 'up');
    const isAlone = states.every(([, { status }]) => status === 'unavailable');
    return {
      status: isWhole ? 'ok' : isAlone ? 'unavailable' : 'degraded',
      dependencies,
      services: Object.fromEntries(states),
    };
  }

  private stateOfRedis(): Record<string, DependencyState> {
    if (this.redis === undefined) return {};
    const isUp = this.redis.status === 'ready';
    return { redis: isUp ? { state: 'up' } : { state: 'degraded', detail: 'rate limits are not counted' } };
  }

  private states() {
    const nowMs = Date.now();
    if (this.last === undefined || nowMs - this.last.atMs > REMEMBERED_MS) {
      const urls = upstreamUrls(this.config);
      const states = Promise.all(SERVICE_NAMES.map(async (name) => [name, await this.probe(urls[name])] as const));
      this.last = { atMs: nowMs, states };
    }
    return this.last.states;
  }

  private async probe(url: string): Promise<ServiceState> {
    const startedMs = performance.now();
    const latency = () => Math.round((performance.now() - startedMs) * 10) / 10;
    try {
      const response = await request(`${url}/health/ready`, { dispatcher: this.agent });
      const body: unknown = await response.body.json();
      const status = typeof body === 'object' && body !== null && 'status' in body ? String(body.status) : 'unknown';
      return { status, latencyMs: latency() };
    } catch {
      return { status: 'unavailable', latencyMs: latency() };
    }
  }
}

const STATES: Readonly<Record<string, DependencyState['state']>> = { ok: 'up', degraded: 'degraded' };

function dependencyOf([name, { status }]: readonly [ServiceName, ServiceState]): [string, DependencyState] {
  return [name, { state: STATES[status] ?? 'down' }];
}
