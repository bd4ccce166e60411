import { Inject, Injectable } from '@nestjs/common';
import type { EventOf, PaymentFailed } from '@reseller/contracts';
import type { SqlTx } from '@reseller/persistence';
import { Businesses } from '../copies/businesses.js';
import { CONFIG, type OrderServiceConfig } from '../order-service.config.js';
import { changeOrder } from './order.repository.js';
import { recordFailedPayment } from './order.js';
import { paymentRulesOf } from './payment-rules.js';
import { requireKnown } from './require-known.js';

/** An attempt failed: the customer gets time for another, or the order is cancelled where the policy says so. */
@Injectable()
export class RecordPaymentFailure {
  constructor(
    private readonly businesses: Businesses,
    @Inject(CONFIG) private readonly config: OrderServiceConfig,
  ) {}

  async execute(tx: SqlTx, data: EventOf<typeof PaymentFailed>['data']): Promise<void> {
    const { orderId, businessId, attempt, reason, failedAt } = data;
    const rules = paymentRulesOf(this.config, await this.businesses.settings(businessId, tx));
    const order = await changeOrder(tx, orderId, (current, now) =>
      recordFailedPayment(current, { attempt, reason, failedAt: new Date(failedAt) }, rules, now),
    );
    requireKnown(order, orderId);
  }
}
