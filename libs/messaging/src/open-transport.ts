import type { EventDefinition, ServiceName } from '@reseller/contracts';
import type { Logger } from '@reseller/runtime';
import { EmbeddedTransport } from './embedded/embedded.transport.js';
import type { MessagingSettings } from './messaging.config.js';
import { RabbitTransport } from './rabbit/rabbit.transport.js';
import { Topology } from './topology.js';
import type { Transport } from './transport.js';

export interface OpenTransport {
  readonly transport: Transport;
  readonly topology: Topology;
}

/**
 * The transport that the settings ask for, not yet opened.
 *
 * @throws {Error} when the settings lack the URL of the transport they choose.
 */
export function createTransport(
  service: ServiceName,
  settings: MessagingSettings,
  logger: Logger,
  catalogue?: readonly EventDefinition[],
): OpenTransport {
  const topology = new Topology(settings.EVENT_NAMESPACE, settings.EVENT_RETRY_DELAYS_MS, catalogue);
  const { RABBITMQ_URL: rabbitUrl, BUS_DATABASE_URL: busUrl } = settings;
  const chosen = settings.EVENT_TRANSPORT ?? (rabbitUrl === undefined ? 'embedded' : 'rabbitmq');
  if (chosen === 'rabbitmq') {
    if (rabbitUrl === undefined) throw new Error('EVENT_TRANSPORT=rabbitmq needs RABBITMQ_URL');
    return { topology, transport: new RabbitTransport({ url: rabbitUrl, service, topology, logger }) };
  }
  if (busUrl === undefined) throw new Error('the embedded event transport needs BUS_DATABASE_URL');
  return { topology, transport: new EmbeddedTransport({ url: busUrl, service, topology, logger }) };
}
