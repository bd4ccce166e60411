import type { Business } from '../clients/auth.client.js';
import type { OrderServiceConfig } from '../order-service.config.js';
import type { PaymentRules } from './order.js';

const MINUTE_MS = 60_000;
/** However often a customer tries again: stock is not held longer than this for money that does not come. */
const TOTAL_MINUTES = 60;

type Defaults = Pick<OrderServiceConfig, 'ORDER_PAYMENT_WINDOW_MINUTES' | 'PAYMENT_FAILURE_POLICY'>;

/** What the business says, else the platform. A copy of a business from before it could say so says nothing. */
export function paymentRulesOf(defaults: Defaults, settings: Partial<Business['settings']>): PaymentRules {
  return {
    window: {
      attemptMs: (settings.paymentWindowMinutes ?? defaults.ORDER_PAYMENT_WINDOW_MINUTES) * MINUTE_MS,
      totalMs: TOTAL_MINUTES * MINUTE_MS,
    },
    cancels: (settings.paymentFailurePolicy ?? defaults.PAYMENT_FAILURE_POLICY).toUpperCase() === 'CANCEL',
  };
}
