import { Injectable } from '@nestjs/common';
import { AdminActionRecorded, eventOf } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { newId, notFound } from '@reseller/runtime';
import { ProcessWebhook } from './process-webhook.js';
import { WebhookQueries, type WebhookRecord } from './webhook.queries.js';
import { reopenWebhook } from './webhook.repository.js';

const webhookNotFound = () => notFound('WEBHOOK_NOT_FOUND', 'There is no such webhook.');

/** Works a stored webhook again. Harmless, because everything behind it is idempotent. */
@Injectable()
export class ReplayWebhook {
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhookQueries,
    private readonly processWebhook: ProcessWebhook,
  ) {}

  /** @throws 404 WEBHOOK_NOT_FOUND */
  async execute(id: string, actorId: string): Promise<WebhookRecord> {
    const webhook = await this.database.sqlTransaction(async (tx) => {
      const reopened = await reopenWebhook(tx, id);
      if (reopened !== undefined) await appendToOutbox(tx, [replayed(id, actorId)]);
      return reopened;
    });
    if (webhook === undefined) throw webhookNotFound();
    await this.processWebhook.execute(webhook);
    const after = await this.webhooks.find(id);
    if (after === null) throw webhookNotFound();
    return after;
  }
}

function replayed(webhookId: string, actorId: string) {
  return eventOf(AdminActionRecorded, {
    aggregateId: newId(),
    aggregateVersion: 1,
    actor: actorId,
    occurredAt: new Date(),
    data: {
      actorId,
      action: 'WEBHOOK_REPLAYED',
      subjectType: 'webhook',
      subjectId: webhookId,
      before: null,
      after: null,
      reason: null,
    },
  });
}
