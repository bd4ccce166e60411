import type { OrderEntity, PaymentEntity } from './entities.js';
import { refused } from './razorpay-error.js';
import { orderPaidEvent, paymentEvent, type WebhookEvent } from './webhook-events.js';

const FEE_PERCENT = 2;
const GST_PERCENT = 18;

/** Takes an authorized payment's money and returns the events of it: `payment.captured`, and `order.paid` once. */
export function capturePayment(order: OrderEntity, payment: PaymentEntity): WebhookEvent[] {
  if (payment.status !== 'authorized') throw refused(whyNotCapturable(payment));
  payment.status = 'captured';
  payment.captured = true;
  const feeBeforeTax = Math.round((payment.amount * FEE_PERCENT) / 100);
  payment.tax = Math.round((feeBeforeTax * GST_PERCENT) / 100);
  payment.fee = feeBeforeTax + payment.tax;
  const captured = paymentEvent('payment.captured', payment);
  return settleOrder(order, payment) ? [captured, orderPaidEvent(order, payment)] : [captured];
}

/** Whether this payment made the order paid. A second payment, or one in another currency, does not. */
function settleOrder(order: OrderEntity, payment: PaymentEntity): boolean {
  if (order.status === 'paid' || payment.currency !== order.currency) return false;
  order.amount_paid = Math.min(order.amount, order.amount_paid + payment.amount);
  order.amount_due = order.amount - order.amount_paid;
  if (order.amount_due > 0) return false;
  order.status = 'paid';
  return true;
}

function whyNotCapturable(payment: PaymentEntity): string {
  return payment.captured
    ? 'This payment has already been captured'
    : 'Only payments which have been authorized and not yet captured can be captured';
}
