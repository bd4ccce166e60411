import { pino, type Logger } from 'pino';
import { correlation } from './correlation.js';

export type { Logger };

/** Injection token of the process's {@link Logger}. */
export const LOGGER = Symbol('LOGGER');

const REDACTED_KEYS = [
  'password',
  'newPassword',
  'currentPassword',
  'token',
  'accessToken',
  'refreshToken',
  'orderToken',
  'secret',
  'keySecret',
  'authorization',
  'cookie',
  'signature',
  'razorpay_signature',
  'email',
  'phone',
  'address',
  'shippingAddress',
  'bankAccount',
];

/**
 * JSON lines with service, request id, trace and event id from the async context. Credentials and personal data are
 * redacted by key at the top level and one below, so a careless field cannot leak them.
 */
export function createLogger(options: { service: string; level?: string }): Logger {
  return pino({
    level: options.level ?? 'info',
    base: { service: options.service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACTED_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' },
    mixin() {
      const context = correlation.current();
      if (context === undefined) return {};
      return {
        requestId: context.requestId,
        traceparent: context.traceparent,
        ...(context.eventId === undefined ? {} : { eventId: context.eventId }),
      };
    },
  });
}
