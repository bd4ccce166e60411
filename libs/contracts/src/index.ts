export * from './auth-events.js';
export { CATALOGUE, definitionOf, typesHeardBy } from './catalogue.js';
export {
  defineEvent,
  envelopeSchema,
  eventOf,
  type DomainEvent,
  type EventDefinition,
  type EventOf,
} from './envelope.js';
export { eventJsonSchemaOf, eventSchemaOf } from './event-schema.js';
export * from './order-events.js';
export {
  PAYMENT_METHODS,
  buyerSchema,
  orderLineSchema,
  orderSnapshotSchema,
  stockItemSchema,
  type OrderSnapshot,
  type OrderSnapshotLine,
} from './order-snapshot.js';
export * from './payment-events.js';
export * from './product-events.js';
export {
  DEFAULT_BUSINESS_ID,
  DEFAULT_TENANT_ID,
  GATEWAY_PORT,
  PLATFORM_ID,
  ROLES,
  SERVICES,
  SERVICE_NAMES,
  type Role,
  type ServiceName,
} from './services.js';
export * from './share-link-events.js';
export * from './wallet-events.js';
