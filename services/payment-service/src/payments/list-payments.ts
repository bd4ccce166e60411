import { Injectable } from '@nestjs/common';
import { requireSelfOrAdmin, requireUser, toPage, type Identity, type Page } from '@reseller/http';
import { PaymentQueries, type PaymentRecord } from './payment.queries.js';
import type { ListPaymentsQuery } from './payments.schemas.js';

/** One's own payments; an administrator's are all those of their business. */
@Injectable()
export class ListPayments {
  constructor(private readonly payments: PaymentQueries) {}

  /** @throws 403 where the query names somebody else */
  async execute(query: ListPaymentsQuery, caller: Identity): Promise<Page<PaymentRecord>> {
    const userId = caller.isAdmin ? query.userId : (query.userId ?? requireUser(caller));
    if (userId !== undefined) requireSelfOrAdmin(caller, userId);
    const page = toPage(query);
    const { data, total } = await this.payments.list(
      {
        userId,
        businessId: caller.isAdmin ? (caller.businessId ?? query.businessId) : query.businessId,
        orderRef: query.orderId,
        ...query.status,
        from: query.from,
        to: query.to,
      },
      page,
    );
    return { data, total, skip: page.skip, take: page.take };
  }
}
