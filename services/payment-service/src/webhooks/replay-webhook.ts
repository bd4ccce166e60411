import { Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { ProcessWebhook } from './process-webhook.js';
import { webhookNotFound, WebhookQueries, type WebhookRecord } from './webhook.queries.js';
import { reopenWebhook, type ReopenedWebhook } from './webhook.repository.js';

/** Works a stored webhook again. Harmless, because everything behind it is idempotent. */
@Injectable()
export class ReplayWebhook {
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhookQueries,
    private readonly processWebhook: ProcessWebhook,
  ) {}

  /** @throws 404 WEBHOOK_NOT_FOUND */
  async execute(id: string, businessId: string | null, actorId: string): Promise<WebhookRecord> {
    await this.webhooks.get(id, businessId);
    const webhook = await this.database.sqlTransaction(async (tx) => {
      const reopened = await reopenWebhook(tx, id);
      if (reopened !== undefined) await appendToOutbox(tx, [replayed(reopened, actorId)]);
      return reopened;
    });
    if (webhook === undefined) throw webhookNotFound();
    await this.processWebhook.execute(webhook);
    return this.webhooks.get(id, businessId);
  }
}

function replayed({ id, businessId, now }: ReopenedWebhook, actorId: string) {
  return adminAction({
    actorId,
    action: 'WEBHOOK_REPLAYED',
    subjectType: 'webhook',
    subjectId: id,
    before: null,
    after: null,
    ...(businessId === null ? {} : { businessId }),
    occurredAt: now,
  });
}
