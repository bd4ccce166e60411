import { env } from '@reseller/runtime';
import { z } from 'zod';

const delaysMs = z
  .string()
  .regex(/^\d+(,\d+)*$/, 'must be milliseconds separated by commas')
  .default('5000,30000,120000,600000,3600000')
  .transform((text) => text.split(',').map(Number));

/** The zod shape that every service spreads into its configuration. */
export const messagingEnv = {
  /** Default: rabbitmq where RABBITMQ_URL is set, else embedded. */
  EVENT_TRANSPORT: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.enum(['rabbitmq', 'embedded']).optional(),
  ),
  RABBITMQ_URL: env.optionalUrl(),
  BUS_DATABASE_URL: env.optionalUrl(),
  /** Prefix of every exchange and queue: keeps tests and shared brokers apart. */
  EVENT_NAMESPACE: env.text(''),
  EVENT_RETRY_DELAYS_MS: z.preprocess((value) => (value === '' ? undefined : value), delaysMs),
  /** Handlers (or batches) that run at a time. */
  EVENT_CONCURRENCY: env.int(4, { min: 1, max: 64 }),
};

const messagingSettings = z.object(messagingEnv);
export type MessagingSettings = z.infer<typeof messagingSettings>;
