import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { CONFIG, type PaymentServiceConfig } from '../payment-service.config.js';
import type { GatewayPayment } from '../razorpay/razorpay-entities.js';
import { authorize } from './payment.repository.js';
import type { Recorded } from './recorded.js';

/** The bank holds the money for us: PROCESSING until it is captured, by Razorpay itself, by us, or by an administrator. */
@Injectable()
export class AuthorizePayment {
  private readonly captureDelayMs: number | null;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) config: PaymentServiceConfig,
  ) {
    this.captureDelayMs = config.PAYMENT_CAPTURE === 'auto' ? config.PAYMENT_CAPTURE_DELAY : null;
  }

  async execute(fact: GatewayPayment, source: { readonly webhookId?: string } = {}): Promise<Recorded> {
    const how = { captureDelayMs: this.captureDelayMs, webhookId: source.webhookId ?? null };
    return (await authorize(this.database, fact, how)) ? 'recorded' : 'unknown-order';
  }
}
