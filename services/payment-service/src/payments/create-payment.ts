import { Injectable } from '@nestjs/common';
import { orderSnapshotSchema, type OrderSnapshot } from '@reseller/contracts';
import type { Identity } from '@reseller/http';
import { rupeesFromPaise } from '@reseller/money';
import { Database, type SqlTx } from '@reseller/persistence';
import { conflict, newId, unprocessable } from '@reseller/runtime';
import type { Payable } from '../clients/order.client.js';
import { EnsureRazorpayOrder } from './ensure-razorpay-order.js';
import { openPayment, supersede, type OpenedPayment } from './open-payment.repository.js';
import { PaymentAccess } from './payment-access.js';
import { lockPayment } from './payment.repository.js';
import { GATEWAY_MIN_PAISE, type Payment } from './payment.js';
import { SettleWithoutGateway } from './settle-without-gateway.js';

export interface CreatePaymentCommand {
  readonly id: string;
  readonly caller: Identity;
  readonly orderRef: string;
  readonly userId: string | undefined;
  /** What the client believes is owed: checked, never used. */
  readonly amountPaise: bigint | undefined;
  readonly currency: string | undefined;
  readonly method: string | null;
  /** Whose the client believes the order is: checked, never used. */
  readonly belongsTo: { readonly businessId: string | undefined; readonly customerId: string | undefined };
  /** For Razorpay's dashboard. */
  readonly notes: Readonly<Record<string, string>>;
  /** Keeps the answer under the caller's Idempotency-Key, where there is one. */
  readonly remember?: (tx: SqlTx, payment: Payment) => Promise<void>;
}

/**
 * Gives an order's one open payment with its Razorpay order. Split around two calls: what is owed is asked of the order
 * service first; then the payment is written with a lease, Razorpay's order is made outside any transaction, and its id is
 * stored. If this process dies after Razorpay made the order, the lease runs out and the next caller finds it by receipt.
 */
@Injectable()
export class CreatePayment {
  constructor(
    private readonly database: Database,
    private readonly access: PaymentAccess,
    private readonly razorpayOrder: EnsureRazorpayOrder,
    private readonly settleWithoutGateway: SettleWithoutGateway,
  ) {}

  /**
   * @throws 403, 404 ORDER_NOT_FOUND, 409 ORDER_NOT_PAYABLE,
   *   422 ORDER_MISMATCH | AMOUNT_MISMATCH | CURRENCY_MISMATCH | AMOUNT_TOO_SMALL, 502 or 503 where Razorpay refuses or does not answer
   */
  async execute(command: CreatePaymentCommand): Promise<Payment> {
    const payment = await this.give(command);
    // Asking again finds the same payment, so an answer that is not kept is only made again.
    const { remember } = command;
    if (remember !== undefined) await this.database.sqlTransaction((tx) => remember(tx, payment));
    return payment;
  }

  private async give(command: CreatePaymentCommand): Promise<Payment> {
    const payable = await this.access.requirePayable(command.caller, command.orderRef, command.userId);
    requireBelonging(payable, command);
    const amountPaise = requirePayableAmount(payable, command);
    const snapshot = orderSnapshotSchema.parse(payable);
    if (amountPaise === 0n) {
      return this.settleWithoutGateway.execute({
        id: command.id,
        provider: 'NONE',
        snapshot,
        recordedBy: null,
        notes: null,
      });
    }
    return this.open(snapshot, amountPaise, command);
  }

  private async open(snapshot: OrderSnapshot, amountPaise: bigint, command: CreatePaymentCommand): Promise<Payment> {
    const leaseToken = newId();
    const terms = { id: command.id, snapshot, amountPaise, method: command.method };
    const opened = await openPayment(this.database, terms, leaseToken);
    const payment = requireOpen(opened);
    const { notes } = command;
    if (payment.amountPaise === amountPaise)
      return requireStillOpen(await this.razorpayOrder.execute({ ...opened, payment, leaseToken, notes }));
    await this.database.sqlTransaction(async (tx) => {
      const locked = await lockPayment(tx, payment.id);
      if (locked !== undefined) await supersede(tx, locked.payment);
    });
    const anew = await openPayment(this.database, { ...terms, id: newId() }, leaseToken);
    return requireStillOpen(
      await this.razorpayOrder.execute({ ...anew, payment: requireOpen(anew), leaseToken, notes }),
    );
  }
}

function requireOpen({ payment, settlingPaymentId }: OpenedPayment): Payment {
  if (payment !== null) return payment;
  throw notPayable(settlingPaymentId === null ? 'CANCELLED' : 'ALREADY_PAID');
}

/** The order may have been cancelled while Razorpay's was made: a checkout that is opened now takes money to give it back. */
function requireStillOpen(payment: Payment): Payment {
  if (payment.isOpen || payment.capturedAt !== null) return payment;
  throw notPayable('CANCELLED');
}

function notPayable(reason: string) {
  return conflict('ORDER_NOT_PAYABLE', 'This order cannot be paid (any more).', { reason });
}

function requireBelonging(payable: Payable, { belongsTo }: CreatePaymentCommand): void {
  const { businessId = payable.businessId, customerId = payable.buyer.customerId } = belongsTo;
  if (businessId === payable.businessId && customerId === payable.buyer.customerId) return;
  throw unprocessable('ORDER_MISMATCH', 'This order is of another business or customer than the request says.');
}

function requirePayableAmount(payable: Payable, command: CreatePaymentCommand): bigint {
  if (!payable.payable) throw notPayable(payable.reason ?? payable.status);
  const owedPaise = BigInt(payable.payablePaise);
  if (command.currency !== undefined && command.currency !== payable.currency) {
    throw unprocessable('CURRENCY_MISMATCH', `This order is paid in ${payable.currency}.`, {
      expected: payable.currency,
    });
  }
  if (command.amountPaise !== undefined && command.amountPaise !== owedPaise) {
    throw unprocessable('AMOUNT_MISMATCH', 'The amount is not what is owed on this order.', {
      expected: rupeesFromPaise(owedPaise),
      given: rupeesFromPaise(command.amountPaise),
    });
  }
  if (owedPaise > 0n && owedPaise < GATEWAY_MIN_PAISE) {
    throw unprocessable('AMOUNT_TOO_SMALL', 'Less than ₹1 cannot be paid online.', {
      owed: rupeesFromPaise(owedPaise),
    });
  }
  return owedPaise;
}
