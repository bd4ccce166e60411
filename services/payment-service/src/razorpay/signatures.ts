import { createHmac, timingSafeEqual } from 'node:crypto';

/*
 * Razorpay signs with HMAC-SHA256 in hex: webhooks over the exact bytes of the body with the webhook secret
 * (https://razorpay.com/docs/webhooks/validate-test/), checkout over `order_id|payment_id` with the key secret
 * (https://razorpay.com/docs/payments/server-integration/nodejs/integration-steps/). The SDK's own check is not constant
 * in time and takes an empty secret, so it is not used.
 */
const HEX_SHA256 = /^[0-9a-f]{64}$/i;

function isHmacOf(message: string | Uint8Array, secret: string, signature: string): boolean {
  const expected = createHmac('sha256', secret).update(message).digest();
  const isWellFormed = HEX_SHA256.test(signature);
  // Compared even when malformed, so that the time says nothing.
  const given = isWellFormed ? Buffer.from(signature, 'hex') : Buffer.alloc(expected.length);
  return timingSafeEqual(expected, given) && isWellFormed;
}

export interface CheckoutClaim {
  readonly razorpayOrderId: string;
  readonly razorpayPaymentId: string;
  readonly signature: string;
}

/** Whether checkout vouches that this payment was made for this order. */
export function isCheckoutSignature(claim: CheckoutClaim, keySecret: string): boolean {
  return isHmacOf(`${claim.razorpayOrderId}|${claim.razorpayPaymentId}`, keySecret, claim.signature);
}

/**
 * Whether the body was signed with one of the secrets: after a rotation retries still carry the old one. All are tried,
 * so that the time does not say which one fitted.
 */
export function isWebhookSignature(rawBody: Uint8Array, signature: string, secrets: readonly string[]): boolean {
  return secrets.map((secret) => isHmacOf(rawBody, secret, signature)).includes(true);
}
