/** OPEN: all that is unpaid or owed. ORDER, PAYMENT: one. RANGE: all that was opened in a stretch of time. */
export const SCOPES = ['OPEN', 'ORDER', 'PAYMENT', 'RANGE'] as const;
export type Scope = (typeof SCOPES)[number];

export const ORIGINS = ['ADMIN', 'SCHEDULE'] as const;
export const RUN_STATUSES = ['RUNNING', 'DONE'] as const;

/** What an administrator asks to have compared. */
export interface RunRequest {
  readonly scope: Scope;
  /** Whose payments: an administrator's of one business. */
  readonly businessId: string | null;
  readonly subjectId: string | null;
  readonly paymentId: string | null;
  readonly from: Date | null;
  readonly to: Date | null;
}

/** A run that somebody works just now. */
export interface LeasedRun extends RunRequest {
  readonly id: string;
  readonly leaseToken: string;
  /** The last payment that is done; null: none yet. */
  readonly reachedId: string | null;
}
