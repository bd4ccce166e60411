import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { isCheckoutSignature, isWebhookSignature } from './signatures.js';

const VECTOR = new URL(
  '../../../../libs/razorpay-sandbox/fixtures/payment.authorized-netbanking-signed-vector.json',
  import.meta.url,
);
const VECTOR_SIGNATURE = '56df260ab4647b07b729b0b48d2a95b71de42f109884949e5ec387a2bb8b6919';

describe('the webhook signature', () => {
  const body = readFileSync(VECTOR);

  it('is Razorpay’s, over the exact bytes', () => {
    expect(isWebhookSignature(body, VECTOR_SIGNATURE, ['123456'])).toBe(true);
    expect(isWebhookSignature(body, VECTOR_SIGNATURE.toUpperCase(), ['123456'])).toBe(true);
    expect(isWebhookSignature(Buffer.concat([body, Buffer.from('\n')]), VECTOR_SIGNATURE, ['123456'])).toBe(false);
  });

  it('may be made with the secret before the last rotation', () => {
    expect(isWebhookSignature(body, VECTOR_SIGNATURE, ['new-secret', '123456'])).toBe(true);
    expect(isWebhookSignature(body, VECTOR_SIGNATURE, ['new-secret'])).toBe(false);
  });

  it.each(['', '00', 'z'.repeat(64), `${VECTOR_SIGNATURE}00`, '0'.repeat(64)])('is not %j', (signature) => {
    expect(isWebhookSignature(body, signature, ['123456'])).toBe(false);
  });
});

describe('the checkout signature', () => {
  const claim = {
    razorpayOrderId: 'order_1',
    razorpayPaymentId: 'pay_1',
    signature: '52115a0d3400de9e86aade1f1b6eba9e8974604f4e267a9e9a16633a4c8dd2cb',
  };

  it('is Razorpay’s, over order and payment', () => {
    expect(isCheckoutSignature(claim, 'secret')).toBe(true);
    expect(isCheckoutSignature({ ...claim, razorpayPaymentId: 'pay_2' }, 'secret')).toBe(false);
    expect(isCheckoutSignature(claim, 'another')).toBe(false);
  });

  it('is not that of a webhook, whose secret is another', () => {
    const signature = createHmac('sha256', 'webhook').update('order_1|pay_1').digest('hex');
    expect(isCheckoutSignature({ ...claim, signature }, 'secret')).toBe(false);
  });
});
