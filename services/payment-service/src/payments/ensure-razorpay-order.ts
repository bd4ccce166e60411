import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { badGateway, LOGGER, type Logger } from '@reseller/runtime';
import { CONFIG, type PaymentServiceConfig } from '../payment-service.config.js';
import { gatewayError, type GatewayResult } from '../razorpay/gateway-result.js';
import type { GatewayOrder } from '../razorpay/razorpay-entities.js';
import { RazorpayGateway } from '../razorpay/razorpay-gateway.js';
import { progressOf, releaseLease, storeRazorpayOrder } from './open-payment.repository.js';
import type { Payment } from './payment.js';

export interface EnsureRazorpayOrderCommand {
  readonly payment: Payment;
  readonly hasLease: boolean;
  readonly isRetry: boolean;
  readonly leaseToken: string;
  /** The client's, beside ours. */
  readonly notes: Readonly<Record<string, string>>;
}

type Wanted = Pick<EnsureRazorpayOrderCommand, 'payment' | 'notes'>;

const WAIT_MS = 7_000;
const POLL_MS = 40;

/**
 * Makes the Razorpay order of a payment, once. Razorpay's order creation is not idempotent, so an answer that was lost is
 * never taken for a failure: the order is looked for by its receipt, and made again with the same receipt only where it
 * is not there.
 */
@Injectable()
export class EnsureRazorpayOrder {
  constructor(
    private readonly database: Database,
    private readonly gateway: RazorpayGateway,
    @Inject(CONFIG) private readonly config: PaymentServiceConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute({ payment, hasLease, isRetry, leaseToken, notes }: EnsureRazorpayOrderCommand): Promise<Payment> {
    if (payment.razorpayOrderId !== null) return payment;
    if (!hasLease) return this.waitFor(payment);
    const wanted = { payment, notes };
    const made = isRetry ? await this.findOrCreate(wanted) : await this.create(wanted);
    if (made.kind !== 'ok') {
      await releaseLease(this.database, payment.id, leaseToken);
      throw gatewayError(made);
    }
    requireSame(payment, made.value);
    const stored = await storeRazorpayOrder(this.database, {
      paymentId: payment.id,
      razorpayOrderId: made.value.id,
      reconcileAfterMs: this.config.PAYMENT_RECONCILE_AFTER,
    });
    if (stored === undefined) throw new Error('a payment is never deleted');
    return stored;
  }

  private async create(wanted: Wanted): Promise<GatewayResult<GatewayOrder>> {
    const made = await this.ask(wanted);
    if (made.kind === 'ok' || made.kind === 'unavailable') return made;
    // Refused, perhaps because the receipt is taken, or unknown: in both cases it may be there.
    const { payment } = wanted;
    this.logger.warn({ paymentId: payment.id, outcome: made }, 'a Razorpay order was not confirmed, it is looked for');
    return made.kind === 'unknown-outcome'
      ? this.findOrCreate(wanted)
      : this.findOr(payment, () => Promise.resolve(made));
  }

  private findOrCreate(wanted: Wanted): Promise<GatewayResult<GatewayOrder>> {
    return this.findOr(wanted.payment, () => this.ask(wanted));
  }

  private async findOr(
    payment: Payment,
    otherwise: () => Promise<GatewayResult<GatewayOrder>>,
  ): Promise<GatewayResult<GatewayOrder>> {
    const found = await this.gateway.findOrderByReceipt(receiptOf(payment));
    if (found.kind !== 'ok') return found;
    return found.value === undefined ? otherwise() : { kind: 'ok', value: found.value };
  }

  private ask({ payment, notes }: Wanted): Promise<GatewayResult<GatewayOrder>> {
    return this.gateway.createOrder({
      amountPaise: payment.amountPaise,
      currency: payment.currency,
      receipt: receiptOf(payment),
      notes: {
        ...notes,
        orderId: payment.subjectId,
        paymentId: payment.id,
        ...(payment.userId === null ? {} : { userId: payment.userId }),
      },
    });
  }

  /** Somebody else is at it, here or in another process. When they give up, so does this: the caller tries again. */
  private async waitFor(payment: Payment): Promise<Payment> {
    for (const giveUpAtMs = Date.now() + WAIT_MS; Date.now() < giveUpAtMs; await sleep(POLL_MS)) {
      const progress = await progressOf(this.database, payment.id);
      if (progress?.payment.razorpayOrderId != null) return progress.payment;
      if (progress?.isLeased !== true) break;
    }
    throw gatewayError({ kind: 'unavailable', detail: 'the Razorpay order is not there yet' });
  }
}

function receiptOf(payment: Payment): string {
  if (payment.receipt === null) throw new Error('a payment through Razorpay has a receipt');
  return payment.receipt;
}

/** What a receipt finds must be what we asked for: somebody may have used our receipts by hand. */
function requireSame(payment: Payment, order: GatewayOrder): void {
  if (order.amountPaise === payment.amountPaise && order.currency === payment.currency) return;
  throw badGateway('PAYMENT_GATEWAY_REJECTED', 'The payment provider has another order under this receipt.');
}
