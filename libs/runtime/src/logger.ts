import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { correlation } from './correlation.js';
import { errorForLog, redacted, scrubbed } from './log-redaction.js';

export type { Logger };

/** Injection token of the process's {@link Logger}. */
export const LOGGER = Symbol('LOGGER');

export interface CreateLoggerOptions {
  readonly service: string;
  readonly level?: string;
  /** `LOG_STACKS`: errors with their stacks, for a machine where logs are read by nobody else. */
  readonly stacks?: boolean;
  /** Where lines go; standard output by default. */
  readonly destination?: DestinationStream;
}

/**
 * JSON lines with service, request id, trace and event id from the async context. Credentials and personal data are
 * redacted by key at every level, and errors are reduced to what names them, so a careless field cannot leak them.
 */
export function createLogger({ service, level = 'info', stacks = false, destination }: CreateLoggerOptions): Logger {
  const err = (error: unknown) => errorForLog(error, { stacks });
  const options: LoggerOptions = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { log: redacted },
    serializers: {
      err,
      error: err,
      reason: (reason: unknown) => (typeof reason === 'string' ? scrubbed(reason) : reason),
    },
    mixin() {
      const context = correlation.current();
      if (context === undefined) return {};
      return {
        requestId: context.requestId,
        traceparent: context.traceparent,
        ...(context.eventId === undefined ? {} : { eventId: context.eventId }),
      };
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
