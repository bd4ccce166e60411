import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, type Logger } from '@reseller/runtime';
import { recordLapsed } from '../payments/authorized-attempt.repository.js';
import { RecordGatewayPayment } from '../payments/record-gateway-payment.js';
import { ApplyGatewayRefund } from '../refunds/apply-gateway-refund.js';
import { markFailed, markProcessed, type StoredWebhook } from './webhook.repository.js';
import { readWebhook, type WebhookMessage } from './webhook.js';

type Outcome = 'APPLIED' | 'IGNORED' | 'UNKNOWN_ORDER' | 'LAPSED';

/**
 * Acts upon a stored webhook. Everything behind it is idempotent and takes news in any order, so a webhook may be worked
 * twice; nothing behind it calls Razorpay.
 */
@Injectable()
export class ProcessWebhook {
  constructor(
    private readonly database: Database,
    private readonly recordGatewayPayment: RecordGatewayPayment,
    private readonly applyGatewayRefund: ApplyGatewayRefund,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @returns whether it could be worked; if not, it is tried again later. */
  async execute(webhook: StoredWebhook): Promise<boolean> {
    try {
      const message = readWebhook(JSON.parse(webhook.body));
      const outcome = await this.act(message, webhook.id);
      if (outcome !== null) await markProcessed(this.database, webhook.id, outcome);
      return true;
    } catch (error) {
      this.logger.error({ err: error, webhookId: webhook.id }, 'a webhook could not be worked, it is tried again');
      await markFailed(this.database, webhook, error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  /** @returns null where the step has marked the webhook itself, in the statement that it made anyway. */
  private async act(message: WebhookMessage, webhookId: string): Promise<Outcome | null> {
    switch (message.kind) {
      case 'other':
        return 'IGNORED';
      case 'payment': {
        const recorded = await this.recordGatewayPayment.execute(message.payment, { webhookId });
        if (recorded === 'recorded') return null;
        return recorded === 'unknown-order' ? 'UNKNOWN_ORDER' : 'APPLIED';
      }
      case 'refund':
        return this.actOnRefund(message);
    }
  }

  private async actOnRefund({ refund, payment }: Extract<WebhookMessage, { kind: 'refund' }>): Promise<Outcome> {
    if (await this.applyGatewayRefund.execute(refund)) return 'APPLIED';
    if (payment === null) return 'UNKNOWN_ORDER';
    if (payment.isNeverCaptured) {
      // Razorpay's own refund of what nobody captured.
      await this.database.sqlTransaction((tx) => recordLapsed(tx, payment.id));
      return 'LAPSED';
    }
    // The refund overtook its capture, which is told by the same webhook.
    await this.recordGatewayPayment.execute({ ...payment, isCaptured: true });
    return (await this.applyGatewayRefund.execute(refund)) ? 'APPLIED' : 'UNKNOWN_ORDER';
  }
}
