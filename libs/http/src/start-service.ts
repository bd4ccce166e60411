import 'reflect-metadata';
import type { DynamicModule, LoggerService, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, register } from 'prom-client';
import type { Logger } from '@reseller/runtime';
import { HealthRegistry } from './health.js';
import { buildOpenApi } from './openapi.js';
import { ProblemFilter } from './problem.filter.js';
import { sendProblem } from './problem.js';
import { addRequestContext } from './request-context.js';

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
const SHUTDOWN_DEADLINE_MS = 10_000;

/** Nest's own messages, as lines of our logger; its start-up chatter is DEBUG. */
export function nestLogger(logger: Logger): LoggerService {
  const text = (message: unknown): string => (message instanceof Error ? message.message : String(message));
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
    requestTimeout: 15_000,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, problems.sourceOf(error), request.url),
  });
  addRequestContext(adapter.getInstance(), options.logger);
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
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'unhandled rejection'));
}

/** Starts a service and runs it until it is told to stop. */
export async function startService(options: StartServiceOptions): Promise<NestFastifyApplication> {
  const app = await createServiceApp(options);
  await runUntilStopped(app, { ...options, onStopping: () => app.get(HealthRegistry).drain() });
  return app;
}
