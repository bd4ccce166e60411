import { Injectable } from '@nestjs/common';
import type { GatewayPayment } from '../razorpay/razorpay-entities.js';
import { AuthorizePayment } from './authorize-payment.js';
import { CapturePayment, type CaptureSource } from './capture-payment.js';
import { FailPayment } from './fail-payment.js';
import type { Recorded } from './recorded.js';

/** A payment as Razorpay has it now, or had it when it told us: to the step that fits its state. */
@Injectable()
export class RecordGatewayPayment {
  constructor(
    private readonly capturePayment: CapturePayment,
    private readonly authorizePayment: AuthorizePayment,
    private readonly failPayment: FailPayment,
  ) {}

  execute(fact: GatewayPayment, source: CaptureSource = {}): Promise<Recorded> {
    if (fact.isCaptured) return this.capturePayment.execute(fact, source);
    switch (fact.status) {
      case 'authorized':
        return this.authorizePayment.execute(fact, source);
      case 'failed':
        return this.failPayment.execute(fact, source);
      case 'created':
      case 'captured':
      case 'refunded':
        return Promise.resolve('nothing-new');
    }
  }
}
