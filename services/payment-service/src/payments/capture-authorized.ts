import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, type Logger } from '@reseller/runtime';
import type { Unavailable, UnknownOutcome } from '../razorpay/gateway-result.js';
import { RazorpayGateway } from '../razorpay/razorpay-gateway.js';
import { captureAgain, type AuthorizedAttempt } from './authorized-attempt.repository.js';
import { CapturePayment } from './capture-payment.js';
import { RecordGatewayPayment } from './record-gateway-payment.js';

export type CaptureOutcome =
  | { readonly kind: 'captured' }
  /** Not what was asked for, or not wanted any more: Razorpay gives it back by itself. */
  | { readonly kind: 'left-to-lapse' }
  | { readonly kind: 'not-known'; readonly failure: Unavailable | UnknownOutcome };

/** Takes the money that a bank holds for us, if it is what was asked for and the order still waits for it. */
@Injectable()
export class CaptureAuthorized {
  constructor(
    private readonly database: Database,
    private readonly gateway: RazorpayGateway,
    private readonly capturePayment: CapturePayment,
    private readonly recordGatewayPayment: RecordGatewayPayment,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute(attempt: AuthorizedAttempt): Promise<CaptureOutcome> {
    if (!attempt.isWanted) return this.leave(attempt);
    const result = await this.gateway.capture(attempt.razorpayPaymentId, attempt.amountPaise, attempt.currency);
    if (result.kind === 'ok') {
      await this.capturePayment.execute(result.value);
      return { kind: 'captured' };
    }
    if (result.kind === 'unavailable') return { kind: 'not-known', failure: result };
    // Refused, perhaps because it is captured already, or nobody knows: the payment itself says.
    return this.look(attempt, result.kind === 'rejected' ? 'left-to-lapse' : 'not-known');
  }

  private async look(attempt: AuthorizedAttempt, otherwise: 'left-to-lapse' | 'not-known'): Promise<CaptureOutcome> {
    const found = await this.gateway.fetchPayment(attempt.razorpayPaymentId);
    if (found.kind !== 'ok') {
      const detail = found.kind === 'rejected' ? found.code : found.detail;
      return { kind: 'not-known', failure: { kind: 'unavailable', detail } };
    }
    await this.recordGatewayPayment.execute(found.value);
    if (found.value.isCaptured) return { kind: 'captured' };
    if (otherwise === 'left-to-lapse') return this.leave(attempt);
    return { kind: 'not-known', failure: { kind: 'unknown-outcome', detail: `the payment is ${found.value.status}` } };
  }

  private async leave(attempt: AuthorizedAttempt): Promise<CaptureOutcome> {
    const { razorpayPaymentId, paymentId } = attempt;
    this.logger.warn({ paymentId, razorpayPaymentId }, 'an authorized payment is not captured');
    await captureAgain(this.database, razorpayPaymentId, null);
    return { kind: 'left-to-lapse' };
  }
}
