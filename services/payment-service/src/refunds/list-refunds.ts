import { Injectable } from '@nestjs/common';
import {
  requireSelfOrAdmin,
  requireUser,
  toPage,
  type BoundedPage,
  type Identity,
  type PageRequest,
} from '@reseller/http';
import { PaymentAccess } from '../payments/payment-access.js';
import { PaymentQueries } from '../payments/payment.queries.js';
import { RefundQueries, type RefundRecord } from './refund.queries.js';
import type { ListRefundsQuery } from './refunds.schemas.js';

const ALL_OF_ONE_PAYMENT: PageRequest<'createdAt'> = {
  skip: 0,
  take: 100,
  sort: { field: 'createdAt', descending: false },
};

/** One's own refunds; an administrator's are all those of their business. */
@Injectable()
export class ListRefunds {
  constructor(
    private readonly refunds: RefundQueries,
    private readonly payments: PaymentQueries,
    private readonly access: PaymentAccess,
  ) {}

  /** @throws 403 where the query names somebody else */
  async execute(query: ListRefundsQuery, caller: Identity): Promise<BoundedPage<RefundRecord>> {
    const userId = caller.isAdmin ? query.userId : (query.userId ?? requireUser(caller));
    if (userId !== undefined) requireSelfOrAdmin(caller, userId);
    const filter = {
      userId,
      businessId: caller.isAdmin ? (caller.businessId ?? undefined) : undefined,
      paymentId: query.paymentId,
      orderRef: query.orderId,
      status: query.status,
    };
    return this.refunds.list(filter, toPage(query));
  }

  /** Oldest first. @throws 404 PAYMENT_NOT_FOUND, also where it is somebody else's */
  async ofPayment(paymentId: string, caller: Identity): Promise<BoundedPage<RefundRecord>> {
    await this.access.requireView(caller, await this.payments.find(paymentId));
    return this.refunds.list({ paymentId }, ALL_OF_ONE_PAYMENT);
  }
}
