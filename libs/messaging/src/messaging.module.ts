import { Module, type DynamicModule } from '@nestjs/common';
import type { EventDefinition, ServiceName } from '@reseller/contracts';
import type { MessagingSettings } from './messaging.config.js';

export interface MessagingOptions extends MessagingSettings {
  /** Names the queue, the inbox consumer and the metrics. */
  readonly service: ServiceName;
  /** Default: the platform's catalogue. */
  readonly catalogue?: readonly EventDefinition[];
}

export const MESSAGING_OPTIONS = Symbol('MESSAGING_OPTIONS');

/** Names what this process is in messaging; {@link connectEvents} starts it, with the application's own `Database`. */
@Module({})
export class MessagingModule {
  static forService(options: MessagingOptions): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      providers: [{ provide: MESSAGING_OPTIONS, useValue: options }],
      exports: [MESSAGING_OPTIONS],
    };
  }
}
