export { CLOCK, systemClock, type Clock } from './clock.js';
export { ConfigError, env, loadConfig } from './config.js';
export { correlation, childTraceparent, newTraceparent, type Correlation } from './correlation.js';
export {
  DomainError,
  badGateway,
  conflict,
  forbidden,
  gone,
  invalid,
  notFound,
  preconditionFailed,
  rateLimited,
  timedOut,
  tooLarge,
  unauthenticated,
  unavailable,
  unprocessable,
  type ErrorDetails,
  type ErrorKind,
} from './domain-error.js';
export { escapeHtml } from './escape-html.js';
export { HEALTH_CHECKS, type DependencyState, type HealthCheck, type HealthChecks } from './health-checks.js';
export { isUuid, newId } from './ids.js';
export { LOGGER, createLogger, type Logger } from './logger.js';
export { scrubbed } from './log-redaction.js';
export { PeriodicJob, ServiceJob } from './periodic-job.js';
export { ShortLived } from './short-lived.js';
export { requireVersion } from './require-version.js';
