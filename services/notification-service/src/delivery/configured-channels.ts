import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Channel } from '../messages/message.js';
import { CONFIG, type NotificationServiceConfig } from '../notification-service.config.js';
import { EmailChannel } from './email.channel.js';
import type { MessageChannel } from './message-channel.js';
import { SmsChannel } from './sms.channel.js';
import { WhatsappChannel } from './whatsapp.channel.js';

/** The channels that the environment names a provider for. */
@Injectable()
export class ConfiguredChannels implements OnApplicationShutdown {
  private readonly channels: ReadonlyMap<Channel, MessageChannel>;

  constructor(@Inject(CONFIG) config: NotificationServiceConfig) {
    const channels = [emailChannel(config), smsChannel(config), whatsappChannel(config)];
    this.channels = new Map(channels.flatMap((channel) => (channel === undefined ? [] : [[channel.name, channel]])));
  }

  find(name: Channel): MessageChannel | undefined {
    return this.channels.get(name);
  }

  isConfigured(name: Channel): boolean {
    return this.channels.has(name);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.channels.values()].map((channel) => channel.close()));
  }
}

function emailChannel(config: NotificationServiceConfig): MessageChannel | undefined {
  if (config.SMTP_HOST === undefined || config.SMTP_FROM === undefined) return undefined;
  return new EmailChannel({
    host: config.SMTP_HOST,
    port: config.SMTP_PORT,
    user: config.SMTP_USER,
    pass: config.SMTP_PASS,
    from: config.SMTP_FROM,
    timeoutMs: config.NOTIFICATION_SEND_TIMEOUT,
  });
}

function smsChannel(config: NotificationServiceConfig): MessageChannel | undefined {
  const { SMS_PROVIDER_URL: url, SMS_PROVIDER_TOKEN: token, NOTIFICATION_SEND_TIMEOUT: timeoutMs } = config;
  return url === undefined || token === undefined ? undefined : new SmsChannel({ url, token, timeoutMs });
}

function whatsappChannel(config: NotificationServiceConfig): MessageChannel | undefined {
  const { WHATSAPP_API_URL: apiUrl, WHATSAPP_API_TOKEN: token, WHATSAPP_PHONE_NUMBER_ID: phoneNumberId } = config;
  if (apiUrl === undefined || token === undefined || phoneNumberId === undefined) return undefined;
  const timeoutMs = config.NOTIFICATION_SEND_TIMEOUT;
  return new WhatsappChannel({ apiUrl, token, phoneNumberId, language: config.WHATSAPP_LANGUAGE, timeoutMs });
}
