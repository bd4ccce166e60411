import type { Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import 'reflect-metadata';
import type { DynamicModule, LoggerService, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { collectDefaultMetrics, register } from 'prom-client';
import { scrubbed, type Logger } from '@reseller/runtime';
import { applyBodyLimits } from './body-limit.js';
import { logBrokenFiles } from './csv-file.js';
import { HealthRegistry } from './health.js';
import { buildOpenApi } from './openapi.js';
import { ProblemFilter } from './problem.filter.js';
import { addRequestContext } from './request-context.js';
import { leaveSilentConnections } from './silent-connections.js';
import { unreadableRequests } from './unreadable-requests.js';

export interface StartServiceOptions {
  /** `order-service` */
  readonly name: string;
  readonly description: string;
  readonly module: Type | DynamicModule;
  readonly logger: Logger;
  readonly host: string;
  readonly port: number;
  /** Attach what else the process does (event consumers) before it listens. */
  readonly beforeListen?: (app: NestFastifyApplication) => Promise<unknown>;
}

const BODY_LIMIT_BYTES = 1_048_576;
/** To receive a request whole. The gateway gives up earlier, also on files (its BULK_TIMEOUT, 30 s unless it is set). */
const REQUEST_TIMEOUT_MS = 600_000;
const SHUTDOWN_DEADLINE_MS = 10_000;
/** How long a closing process still answers, with `Connection: close`: callers' pooled connections end between requests. */
const LAST_REQUESTS_MS = 2_000;

/** Nest's own messages, as lines of our logger; its start-up chatter is DEBUG. */
export function nestLogger(logger: Logger): LoggerService {
  const text = (message: unknown): string => scrubbed(message instanceof Error ? message.message : String(message));
  return {
    log: (message: unknown) => logger.debug(text(message)),
    error: (message: unknown) => logger.error({ err: message instanceof Error ? message : undefined }, text(message)),
    warn: (message: unknown) => logger.warn(text(message)),
    debug: (message: unknown) => logger.debug(text(message)),
    verbose: (message: unknown) => logger.trace(text(message)),
  };
}

/** The service as a Nest application on Fastify, not yet listening. */
export async function createServiceApp(options: StartServiceOptions): Promise<NestFastifyApplication> {
  const problems = new ProblemFilter(options.logger);
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    ...unreadableRequests(problems),
  });
  // Nothing here takes plain text: 415 says so, where a schema would only say that text is no object.
  adapter.getInstance().removeContentTypeParser('text/plain');
  addRequestContext(adapter.getInstance(), options.logger);
  applyBodyLimits(adapter.getInstance());
  logBrokenFiles(adapter.getInstance(), options.logger);
  leaveSilentConnections(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(options.module, adapter, {
    logger: nestLogger(options.logger),
    rawBody: true,
    abortOnError: false,
  });
  await options.beforeListen?.(app);
  const document = JSON.stringify(buildOpenApi(app, { title: options.name, description: options.description }));
  adapter.getInstance().get('/openapi.json', (_request, reply) => reply.type('application/json').send(document));
  return app;
}

/** What nobody caught, in our log and in its form: Node would print it with its stack. Call it before anything can fail. */
export function logUncaught(logger: Logger): void {
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'unhandled rejection'));
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception');
    process.exit(1);
  });
}

/**
 * Listens, and stops cleanly on SIGTERM or SIGINT: not ready at once, requests and events under way are finished, then
 * everything is closed, within 10 s.
 */
export async function runUntilStopped(
  app: NestFastifyApplication,
  options: { readonly logger: Logger; readonly host: string; readonly port: number; readonly onStopping?: () => void },
): Promise<void> {
  const { logger } = options;
  if (register.getSingleMetric('process_cpu_user_seconds_total') === undefined) collectDefaultMetrics();
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('preClose', () => callersHaveLeft(app.getHttpServer()));
  await app.listen({ port: options.port, host: options.host });
  logger.info({ url: await app.getUrl() }, 'listening');

  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'shutting down');
    const deadline = setTimeout(() => {
      logger.error('shutdown took too long');
      process.exit(1);
    }, SHUTDOWN_DEADLINE_MS);
    deadline.unref();
    options.onStopping?.();
    await app.close();
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop('SIGTERM'));
  process.once('SIGINT', () => void stop('SIGINT'));
  // A starter that was killed cannot tell us; its message channel closes.
  if (process.env['STOP_WITH_PARENT'] === '1') process.once('disconnect', () => void stop('the starter is gone'));
}

async function callersHaveLeft(server: Server): Promise<void> {
  const deadline = performance.now() + LAST_REQUESTS_MS;
  while (performance.now() < deadline && (await openConnections(server)) > 0) await delay(50);
}

const openConnections = (server: Server): Promise<number> =>
  new Promise((resolve) => server.getConnections((error, count) => resolve(error === null ? count : 0)));

/** Starts a service and runs it until it is told to stop. */
export async function startService(options: StartServiceOptions): Promise<NestFastifyApplication> {
  logUncaught(options.logger);
  const app = await createServiceApp(options);
  await runUntilStopped(app, { ...options, onStopping: () => app.get(HealthRegistry).drain() });
  return app;
}
