export { AdminDirectory } from './admin-directory.js';
export { BodyLimit } from './body-limit.js';
export { CsvBodies, CsvBody, TakesCsv } from './csv-bodies.js';
export { ReturnsCsv, sendCsv, type CsvFile } from './csv-file.js';
export { clientAddressOf } from './client-address.js';
export { readCursor, writeCursor } from './cursor.js';
export {
  Caller,
  IdempotentCall,
  InternalOnly,
  LiveAdmin,
  Open,
  OpenToGuests,
  Public,
  Returns,
  Roles,
} from './decorators.js';
export { EtagOfVersion, isEtagSeen } from './etag.js';
export { StreamPosition, StreamsEvents } from './event-stream.decorators.js';
export { EventStreams, streamEnv, type EventStream, type StreamedEvent } from './event-streams.js';
export { HealthRegistry, type DependencyState, type HealthCheck } from './health.js';
export { HttpEdgeModule, type HttpEdgeOptions } from './http-edge.module.js';
export { IdempotencyKeys, type IdempotentRequest, type IdempotentStep } from './idempotency.js';
export { administers, ANONYMOUS, requireSelfOrAdmin, requireUser, type Identity } from './identity.js';
export {
  IDENTITY_HEADER,
  SERVICE_TOKEN_HEADER,
  createIdentitySigner,
  createIdentityVerifier,
  createServiceTokenSigner,
  createServiceTokenVerifier,
  type IdentityClaims,
} from './identity-token.js';
export { expectedVersionOf, versionFromIfMatch } from './if-match.js';
export { buildOpenApi } from './openapi.js';
export {
  boundedPageOf,
  boundedTotal,
  COUNTED_MAX,
  pageOf,
  pageQuery,
  toPage,
  type BoundedPage,
  type BoundedTotal,
  type Page,
  type PageRequest,
} from './paging.js';
export { canonicalPhone } from './phone-number.js';
export { problemOf, sendProblem, PROBLEM_CONTENT_TYPE, STATUS_OF_KIND, type Problem } from './problem.js';
export { ProblemFilter } from './problem.filter.js';
export { readCsv, type CsvRecord, type ReadCsvOptions } from './read-csv.js';
export { addRequestContext, requestIdFrom } from './request-context.js';
export { ServiceClient, type ServiceClientOptions } from './service-client.js';
export { serviceEnv } from './service-env.js';
export { leaveSilentConnections } from './silent-connections.js';
export { snakeCaseToo } from './snake-case-query.js';
export {
  createServiceApp,
  logUncaught,
  nestLogger,
  runUntilStopped,
  startService,
  type StartServiceOptions,
} from './start-service.js';
export { unreadableRequests } from './unreadable-requests.js';
export {
  bodyText,
  emailAddress,
  isoInstant,
  orderRef,
  percent,
  phoneNumber,
  queryFlag,
  rupees,
  rupeesText,
  searchText,
  shortText,
  upperEnum,
  uuid,
  wholeNumber,
} from './wire.js';
