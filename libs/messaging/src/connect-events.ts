import type { INestApplication } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { createLogger, HEALTH_CHECKS, LOGGER, type HealthChecks, type Logger } from '@reseller/runtime';
import { DomainEventsServer } from './domain-events.server.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging.module.js';
import { ServiceEvents } from './service-events.js';

/**
 * Attaches the application to the event transport: registers its `@OnEvent` handlers and starts relay, consumer and
 * retention. Resolves without waiting for the broker. `app.close()` drains and disconnects. Handlers may run at once: where one
 * depends on a provider's `onModuleInit`, await `app.init()` first.
 *
 * @throws {Error} when two handlers claim one event, or one hears what the catalogue does not send to this service.
 */
export async function connectEvents(app: INestApplication): Promise<void> {
  const options = app.get<MessagingOptions>(MESSAGING_OPTIONS, { strict: false });
  const logger = find<Logger>(app, LOGGER) ?? createLogger({ service: options.service });
  const events = new ServiceEvents(options, app.get(Database, { strict: false }), logger);
  app.connectMicroservice({ strategy: new DomainEventsServer(events) });
  await app.startAllMicroservices();
  find<HealthChecks>(app, HEALTH_CHECKS)?.add(events.health);
}

function find<T>(app: INestApplication, token: symbol): T | undefined {
  try {
    return app.get<T>(token, { strict: false });
  } catch {
    return undefined;
  }
}
