import { Injectable } from '@nestjs/common';
import { requireSelfOrAdmin, type Identity } from '@reseller/http';
import { DomainError, notFound } from '@reseller/runtime';
import { OrderClient, type Payable } from '../clients/order.client.js';
import type { Payment } from './payment.js';

export const orderNotFound = () => notFound('ORDER_NOT_FOUND', 'There is no such order.');
export const paymentNotFound = () => notFound('PAYMENT_NOT_FOUND', 'There is no such payment.');

const isWithinBusiness = (caller: Identity, businessId: string): boolean =>
  caller.isAdmin && (caller.businessId === null || caller.businessId === businessId);

/** Who may pay an order and see its payments: its buyer, whoever holds its token, and administrators of its business. */
@Injectable()
export class PaymentAccess {
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
    if (isWithinBusiness(caller, payment.businessId)) return payment;
    if (caller.userId !== null && caller.userId === payment.userId) return payment;
    if (await this.isOrderOf(caller, payment)) return payment;
    throw paymentNotFound();
  }

  /** For changes. @throws 404 PAYMENT_NOT_FOUND where there is none or the caller does not administer its business */
  requireBusiness<P extends Pick<Payment, 'businessId'>>(caller: Identity, payment: P | null | undefined): P {
    if (payment === null || payment === undefined || !isWithinBusiness(caller, payment.businessId)) {
      throw paymentNotFound();
    }
    return payment;
  }

  /** A guest's order: the order service knows its token, and whose account it has joined since. */
  private async isOrderOf(caller: Identity, payment: Pick<Payment, 'userId' | 'subjectId'>): Promise<boolean> {
    if (caller.orderToken === null && (caller.userId === null || payment.userId !== null)) return false;
    try {
      return maySee(caller, await this.orders.payable(payment.subjectId, caller.orderToken));
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'not-found') return false;
      throw error;
    }
  }
}

function maySee(caller: Identity, order: Payable): boolean {
  if (order.orderTokenOk === true || isWithinBusiness(caller, order.businessId)) return true;
  return caller.userId !== null && caller.userId === order.buyer.userId;
}
