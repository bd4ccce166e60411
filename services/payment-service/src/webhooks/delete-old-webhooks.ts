import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { CONFIG, type PaymentServiceConfig } from '../payment-service.config.js';
import { deleteOldWebhooks } from './webhook.repository.js';

const INTERVAL_MS = 3_600_000;

/** Deletes webhooks a long time after they were worked. Razorpay repeats one for a day; what could not be worked stays for a person. */
@Injectable()
export class DeleteOldWebhooks extends ServiceJob {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: PaymentServiceConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('delete-old-webhooks', INTERVAL_MS, logger);
  }

  execute(): Promise<number> {
    return deleteOldWebhooks(this.database, this.config.PAYMENT_WEBHOOK_RETENTION);
  }
}
