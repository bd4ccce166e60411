import { Injectable } from '@nestjs/common';
import { adminAction, type OrderSnapshot } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { Database, type SqlTx } from '@reseller/persistence';
import { conflict } from '@reseller/runtime';
import { withoutBuyer } from './buyer.js';
import { insertCaptured } from './captured-payment.repository.js';
import { paymentFact, paymentSucceeded } from './payment-events.js';
import { findPayment, lockAccount, markSettled } from './payment.repository.js';
import type { Payment, Provider } from './payment.js';

export interface SettleWithoutGatewayCommand {
  readonly id: string;
  /** OFFLINE: an administrator says so. COD: the courier brought it. NONE: nothing was owed. */
  readonly provider: Exclude<Provider, 'RAZORPAY'>;
  readonly snapshot: OrderSnapshot;
  readonly recordedBy: string | null;
  readonly notes: string | null;
}

/** Settles an order with money that Razorpay has nothing to do with. */
@Injectable()
export class SettleWithoutGateway {
  constructor(private readonly database: Database) {}

  execute(command: SettleWithoutGatewayCommand): Promise<Payment> {
    return this.database.sqlTransaction((tx) => this.within(tx, command));
  }

  /**
   * @returns the payment that settles the order: an earlier one where there is one
   * @throws 409 ORDER_NOT_PAYABLE where the order is closed for payment
   */
  async within(tx: SqlTx, command: SettleWithoutGatewayCommand): Promise<Payment> {
    const { account, now } = await lockAccount(tx, command.snapshot.orderId);
    if (account.settlingPaymentId !== null) {
      const settling = await findPayment(tx, account.settlingPaymentId);
      if (settling === undefined) throw new Error('a settling payment is never deleted');
      return settling;
    }
    if (account.closedAt !== null) {
      throw conflict('ORDER_NOT_PAYABLE', 'This order was cancelled: money for it cannot be recorded.', {
        reason: 'CANCELLED',
      });
    }
    const { snapshot } = command;
    const payment = paymentOf(command, account.isBuyerForgotten ? withoutBuyer(snapshot) : snapshot, now);
    await insertCaptured(tx, payment, command);
    await markSettled(tx, payment);
    await appendToOutbox(tx, [
      paymentSucceeded(payment, account, now),
      ...(command.recordedBy === null ? [] : [recorded(payment, command.recordedBy, command.notes, now)]),
    ]);
    return payment;
  }
}

function paymentOf({ id, provider }: SettleWithoutGatewayCommand, snapshot: OrderSnapshot, now: Date): Payment {
  const amountPaise = provider === 'NONE' ? 0n : BigInt(snapshot.totalPaise);
  return {
    id,
    subjectId: snapshot.orderId,
    orderNumber: snapshot.orderNumber,
    businessId: snapshot.businessId,
    userId: snapshot.buyer.userId,
    provider,
    status: 'SUCCESS',
    gatewayStatus: null,
    amountPaise,
    currency: snapshot.currency,
    method: provider === 'COD' ? 'CASH' : null,
    isOpen: false,
    settles: true,
    receipt: null,
    razorpayOrderId: null,
    holdsRazorpayOrder: false,
    razorpayPaymentId: null,
    capturedPaise: amountPaise,
    refundCommittedPaise: 0n,
    refundedPaise: 0n,
    bouncedPaise: 0n,
    failedRefundIds: [],
    failureReason: null,
    snapshot,
    createdAt: now,
    updatedAt: now,
    capturedAt: now,
    authorizedAt: null,
    failedAt: null,
    refundedAt: null,
    refundReason: null,
  };
}

function recorded(payment: Payment, actorId: string, notes: string | null, now: Date) {
  return adminAction({
    actorId,
    action: 'PAYMENT_RECORDED',
    subjectType: 'order',
    subjectId: payment.subjectId,
    before: null,
    after: paymentFact(payment),
    reason: notes,
    businessId: payment.businessId,
    occurredAt: now,
  });
}
