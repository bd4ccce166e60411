import { Injectable } from '@nestjs/common';
import { administers, requireSelfOrAdmin, type Identity } from '@reseller/http';
import { DomainError, notFound, ShortLived } from '@reseller/runtime';
import { OrderClient, type Payable } from '../clients/order.client.js';
import type { Payment } from './payment.js';

const orderNotFound = () => notFound('ORDER_NOT_FOUND', 'There is no such order.');
export const paymentNotFound = () => notFound('PAYMENT_NOT_FOUND', 'There is no such payment.');

const TOKEN_VERDICTS = { max: 10_000, ttlMs: 60_000 };

/** Who may pay an order and see its payments: its buyer, whoever holds its token, and administrators of its business. */
@Injectable()
export class PaymentAccess {
  /** Whether a token is an order's, by both: a verdict that never changes, and that a guest who polls needs each time. */
  private readonly tokenVerdicts = new ShortLived<boolean>((key) => this.judgeToken(key), TOKEN_VERDICTS);

  constructor(private readonly orders: OrderClient) {}

  /**
   * What is owed on an order that the caller may pay.
   *
   * @throws 403 where `userId` is somebody else's, 404 ORDER_NOT_FOUND where the order is
   */
  async requirePayable(caller: Identity, orderRef: string, userId: string | undefined): Promise<Payable> {
    if (userId !== undefined) requireSelfOrAdmin(caller, userId);
    const payable = await this.orders.payable(orderRef, caller.orderToken);
    if (!maySee(caller, payable)) throw orderNotFound();
    return payable;
  }

  /** @throws 404 PAYMENT_NOT_FOUND where there is none or it is not the caller's: ids leak nothing. */
  async requireView<P extends Pick<Payment, 'businessId' | 'userId' | 'subjectId'>>(
    caller: Identity,
    payment: P | null | undefined,
  ): Promise<P> {
    if (payment === null || payment === undefined) throw paymentNotFound();
    if (administers(caller, payment.businessId)) return payment;
    if (caller.userId !== null && caller.userId === payment.userId) return payment;
    if (await this.isOrderOf(caller, payment)) return payment;
    throw paymentNotFound();
  }

  /** For changes. @throws 404 PAYMENT_NOT_FOUND where there is none or the caller does not administer its business */
  requireBusiness<P extends Pick<Payment, 'businessId'>>(caller: Identity, payment: P | null | undefined): P {
    if (payment === null || payment === undefined || !administers(caller, payment.businessId)) {
      throw paymentNotFound();
    }
    return payment;
  }

  /** A guest's order: the order service knows its token, and whose account it has joined since. */
  private async isOrderOf(caller: Identity, payment: Pick<Payment, 'userId' | 'subjectId'>): Promise<boolean> {
    const { subjectId } = payment;
    const { orderToken } = caller;
    if (orderToken !== null && (await this.tokenVerdicts.get(`${subjectId}\n${orderToken}`))) return true;
    if (caller.userId === null || payment.userId !== null) return false;
    return this.orderIs(subjectId, null, (order) => maySee(caller, order));
  }

  private judgeToken(key: string): Promise<boolean> {
    const [subjectId = '', orderToken = ''] = key.split('\n');
    return this.orderIs(subjectId, orderToken, (order) => order.orderTokenOk === true);
  }

  private async orderIs(orderId: string, token: string | null, is: (order: Payable) => boolean): Promise<boolean> {
    try {
      return is(await this.orders.payable(orderId, token));
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'not-found') return false;
      throw error;
    }
  }
}

function maySee(caller: Identity, order: Payable): boolean {
  if (order.orderTokenOk === true || administers(caller, order.businessId)) return true;
  return caller.userId !== null && caller.userId === order.buyer.userId;
}
