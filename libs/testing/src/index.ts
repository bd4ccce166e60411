export { authStandIn, type AuthStandIn } from './auth-stand-in.js';
export { chaosProxy, type ChaosProxy } from './chaos-proxy.js';
export { eventPeer, untilHandled, type EventPeer } from './event-peer.js';
export type { TestEventStream, TestStreamEvent } from './event-stream-reader.js';
export { eventually } from './eventually.js';
export { httpClient, type TestClient, type TestResponse } from './http-client.js';
export { orderSnapshot, type OrderSnapshotFields } from './order-snapshot.js';
export { productFact, variantFact } from './product-fact.js';
export { SHARED_TABLES_SQL } from './shared-tables.js';
export { problem, StandIn, type Respond, type StandInAnswer, type StandInCall } from './stand-in.js';
export {
  startTestService,
  type ListeningApp,
  type StartTestServiceOptions,
  type TestService,
} from './start-test-service.js';
export { watchStatements, type StatementWatch } from './statement-watch.js';
export { describeTransports, testBroker, type TestBroker, type TransportName } from './test-broker.js';
export { testDatabase, type DatabaseSource, type TestDatabase } from './test-database.js';
export { identityHeader, serviceTokenHeader, TEST_IDENTITY, type TestPerson } from './test-identity.js';
