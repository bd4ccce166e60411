import type { OrderServiceConfig } from '../order-service.config.js';
import type { PaymentWindow } from './order.js';

const MINUTE_MS = 60_000;
/** However often a customer tries again: stock is not held longer than this for money that does not come. */
const TOTAL_MINUTES = 60;

export const paymentWindowOf = (config: Pick<OrderServiceConfig, 'ORDER_PAYMENT_WINDOW_MINUTES'>): PaymentWindow => ({
  attemptMs: config.ORDER_PAYMENT_WINDOW_MINUTES * MINUTE_MS,
  totalMs: TOTAL_MINUTES * MINUTE_MS,
});
