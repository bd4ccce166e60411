import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { CONFIG, type PaymentServiceConfig } from '../payment-service.config.js';
import { captureAgain, claimDueCaptures, type AuthorizedAttempt } from './authorized-attempt.repository.js';
import { CaptureAuthorized } from './capture-authorized.js';

const BATCH_ATTEMPTS = 10;
const FIRST_DELAY_MS = 5_000;
const DELAY_MAX_MS = 3_600_000;

/** Captures what was authorized and what Razorpay did not capture by itself. */
@Injectable()
export class CaptureAuthorizedJob extends ServiceJob {
  constructor(
    private readonly database: Database,
    private readonly captureAuthorized: CaptureAuthorized,
    @Inject(CONFIG) config: PaymentServiceConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('capture-authorized', config.PAYMENT_JOBS_INTERVAL, logger);
  }

  /** @returns how many were worked. */
  async execute(): Promise<number> {
    const due = await claimDueCaptures(this.database, BATCH_ATTEMPTS);
    await Promise.all(due.map((attempt) => this.work(attempt)));
    return due.length;
  }

  private async work(attempt: AuthorizedAttempt): Promise<void> {
    const outcome = await this.captureAuthorized.execute(attempt);
    if (outcome.kind !== 'not-known') return;
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** Math.min(attempt.tries, 20), DELAY_MAX_MS);
    await captureAgain(this.database, attempt.razorpayPaymentId, delayMs);
  }
}
