export interface DependencyState {
  readonly state: 'up' | 'degraded' | 'down';
  readonly detail?: string;
}

/** One dependency. A required one that is down makes the process not ready (503); another makes it degraded (200). */
export interface HealthCheck {
  readonly name: string;
  readonly required: boolean;
  check(): Promise<DependencyState>;
}

/** Where libraries register their checks without depending on the HTTP edge that reports them. */
export interface HealthChecks {
  add(check: HealthCheck): void;
}

/** Injection token of the process's {@link HealthChecks}. */
export const HEALTH_CHECKS = Symbol('HEALTH_CHECKS');
