import { z } from 'zod';
import { serviceEnv, streamEnv } from '@reseller/http';
import { messagingEnv, retentionMs } from '@reseller/messaging';
import { env } from '@reseller/runtime';

const blankIsAbsent = (value: unknown): unknown => (value === '' ? undefined : value);

const delaysMs = z
  .string()
  .regex(/^\d+(,\d+)*$/, 'must be milliseconds separated by commas')
  .default('30000,120000,600000,1800000,3600000,10800000,21600000,43200000')
  .transform((text) => text.split(',').map(Number));

const fields = z.object({
  ...serviceEnv('notification'),
  ...messagingEnv,
  ...streamEnv,
  SMTP_HOST: env.optionalText(),
  SMTP_PORT: env.port(587),
  SMTP_USER: env.optionalText(),
  SMTP_PASS: env.optionalText(),
  /** `Shop <shop@example.com>` */
  SMTP_FROM: env.optionalText(),
  SMS_PROVIDER_URL: env.optionalUrl(),
  SMS_PROVIDER_TOKEN: env.optionalText(),
  WHATSAPP_API_URL: env.optionalUrl(),
  WHATSAPP_API_TOKEN: env.optionalText(),
  WHATSAPP_PHONE_NUMBER_ID: env.optionalText(),
  /** The language that the message templates were approved in. */
  WHATSAPP_LANGUAGE: env.text('en'),
  /** When a message that could not be sent is tried again; after the last it has failed. */
  NOTIFICATION_RETRY_DELAYS_MS: z.preprocess(blankIsAbsent, delaysMs),
  NOTIFICATION_DELIVERY_INTERVAL: env.durationMs('1s'),
  NOTIFICATION_SEND_TIMEOUT: env.durationMs('10s'),
  /** How long a message is kept after the last that was done with it. */
  NOTIFICATION_RETENTION: retentionMs('180d'),
  /** How far back a dashboard can go on with Last-Event-ID. */
  LIVE_EVENT_RETENTION: env.durationMs('1d'),
  NOTIFICATION_SHOW_LINKS: z.preprocess(blankIsAbsent, z.enum(['true', 'false']).optional()),
});

/** Settings that are of use only together: half of them is a mistake, not a channel that is switched off. */
const TOGETHER = [
  ['SMTP_HOST', 'SMTP_FROM'],
  ['SMTP_USER', 'SMTP_PASS'],
  ['SMS_PROVIDER_URL', 'SMS_PROVIDER_TOKEN'],
  ['WHATSAPP_API_URL', 'WHATSAPP_API_TOKEN', 'WHATSAPP_PHONE_NUMBER_ID'],
] as const;

export const notificationServiceConfig = fields.superRefine((config, context) => {
  for (const names of TOGETHER) {
    const missing = names.filter((name) => config[name] === undefined);
    if (missing.length === 0 || missing.length === names.length) continue;
    for (const name of missing) {
      context.addIssue({ code: 'custom', path: [name], message: `is needed too: ${names.join(', ')} go together` });
    }
  }
});

export type NotificationServiceConfig = z.infer<typeof notificationServiceConfig>;

/** Injection token of the {@link NotificationServiceConfig}. */
export const CONFIG = Symbol('CONFIG');

/**
 * Whether links that open an account may be read in the local outbox: on a machine without mail nobody could follow
 * them otherwise; in production, and wherever mail is sent, they would let every reader of the table take over accounts.
 */
export const showsLinks = (config: NotificationServiceConfig): boolean =>
  config.NOTIFICATION_SHOW_LINKS === undefined
    ? config.NODE_ENV !== 'production' && config.SMTP_HOST === undefined
    : config.NOTIFICATION_SHOW_LINKS === 'true';
