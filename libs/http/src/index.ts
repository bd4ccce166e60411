export { AdminDirectory } from './admin-directory.js';
export { Caller, IdempotentCall, InternalOnly, LiveAdmin, Open, Public, Returns, Roles } from './decorators.js';
export { HealthRegistry, type DependencyState, type HealthCheck } from './health.js';
export { HttpEdgeModule, type HttpEdgeOptions } from './http-edge.module.js';
export { IdempotencyKeys, type IdempotentRequest, type IdempotentStep } from './idempotency.js';
export { ANONYMOUS, requireSelfOrAdmin, requireUser, type Identity } from './identity.js';
export {
  IDENTITY_HEADER,
  SERVICE_TOKEN_HEADER,
  createIdentitySigner,
  createIdentityVerifier,
  createServiceTokenSigner,
  createServiceTokenVerifier,
  type IdentityClaims,
} from './identity-token.js';
export { buildOpenApi } from './openapi.js';
export { pageOf, pageQuery, toPage, type Page, type PageRequest } from './paging.js';
export { problemOf, sendProblem, PROBLEM_CONTENT_TYPE, STATUS_OF_KIND, type Problem } from './problem.js';
export { ProblemFilter } from './problem.filter.js';
export { addRequestContext, requestIdFrom } from './request-context.js';
export { ServiceClient, type ServiceClientOptions } from './service-client.js';
export { serviceEnv } from './service-env.js';
export {
  createServiceApp,
  nestLogger,
  runUntilStopped,
  startService,
  type StartServiceOptions,
} from './start-service.js';
export {
  bodyText,
  emailAddress,
  isoInstant,
  phoneNumber,
  rupees,
  searchText,
  shortText,
  upperEnum,
  uuid,
} from './wire.js';
