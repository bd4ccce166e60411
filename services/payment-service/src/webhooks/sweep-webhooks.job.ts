import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { CONFIG, type PaymentServiceConfig } from '../payment-service.config.js';
import { ProcessWebhook } from './process-webhook.js';
import { claimDueWebhooks } from './webhook.repository.js';

const BATCH_WEBHOOKS = 20;

/** Works the webhooks that were stored and then not finished: their process died, or they failed. */
@Injectable()
export class SweepWebhooksJob extends ServiceJob {
  constructor(
    private readonly database: Database,
    private readonly processWebhook: ProcessWebhook,
    @Inject(CONFIG) config: PaymentServiceConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('sweep-webhooks', config.PAYMENT_JOBS_INTERVAL, logger);
  }

  /** @returns how many were worked. */
  async execute(): Promise<number> {
    const due = await claimDueWebhooks(this.database, BATCH_WEBHOOKS);
    let worked = 0;
    for (const webhook of due) if (await this.processWebhook.execute(webhook)) worked += 1;
    return worked;
  }
}
