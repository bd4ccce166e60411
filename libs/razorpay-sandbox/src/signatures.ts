import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The signature a webhook carries in `X-Razorpay-Signature`: hex HMAC-SHA256 over the exact bytes of the body.
 * Source: https://razorpay.com/docs/webhooks/validate-test/
 */
export function webhookSignature(rawBody: string | Buffer, webhookSecret: string): string {
  return createHmac('sha256', webhookSecret).update(rawBody).digest('hex');
}

/**
 * The signature that checkout hands to the shop: hex HMAC-SHA256 over `order_id|payment_id` with the key secret.
 * Source: https://razorpay.com/docs/payments/server-integration/nodejs/integration-steps/
 */
export function checkoutSignature(orderId: string, paymentId: string, keySecret: string): string {
  return createHmac('sha256', keySecret).update(`${orderId}|${paymentId}`).digest('hex');
}

/** Compares two secrets in constant time; hashing first makes unequal lengths comparable. */
export function secretsMatch(left: string, right: string): boolean {
  return timingSafeEqual(sha256(left), sha256(right));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
