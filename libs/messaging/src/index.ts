export { connectEvents } from './connect-events.js';
export type { EventContext } from './event-context.js';
export { claimInInbox } from './inbox.js';
export { messagingEnv, type MessagingSettings } from './messaging.config.js';
export { MessagingModule, type MessagingOptions } from './messaging.module.js';
export { OnEvent, type OnEventOptions } from './on-event.decorator.js';
export { createTransport } from './open-transport.js';
export { appendToOutbox, outboxCte, outboxParam } from './outbox.js';
export { republish, type RepublishRequest } from './republish.js';
export { retentionMs } from './retention.js';
export { OutboxRelay } from './relay.js';
export { ServiceEvents } from './service-events.js';
export { Topology } from './topology.js';
export type {
  DeadLetter,
  DeadLetterFilter,
  DeadLetters,
  Delivery,
  DeliveryHandler,
  Disposition,
  OutgoingEvent,
  PublishOutcome,
  QueueDepth,
  Subscription,
  Transport,
} from './transport.js';
export { EmbeddedTransport } from './embedded/embedded.transport.js';
export { RabbitTransport } from './rabbit/rabbit.transport.js';
export { removeTopology } from './rabbit/remove-topology.js';
