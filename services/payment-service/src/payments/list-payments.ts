import { Injectable } from '@nestjs/common';
import { requireSelfOrAdmin, requireUser, toPage, type BoundedTotal, type Identity, type Page } from '@reseller/http';
import { paiseFromRupees } from '@reseller/money';
import { PaymentQueries, type PaymentFilter, type PaymentRecord } from './payment.queries.js';
import type { ListPaymentsQuery } from './payments.schemas.js';

/** One's own payments; an administrator's are all those of their business. */
@Injectable()
export class ListPayments {
  constructor(private readonly payments: PaymentQueries) {}

  /** @throws 403 where the query names somebody else */
  async execute(query: ListPaymentsQuery, caller: Identity): Promise<Page<PaymentRecord> & BoundedTotal> {
    const page = toPage(query);
    return { ...(await this.payments.list(filterOf(query, caller), page)), skip: page.skip, take: page.take };
  }
}

function filterOf(query: ListPaymentsQuery, caller: Identity): PaymentFilter {
  const userId = caller.isAdmin ? query.userId : (query.userId ?? requireUser(caller));
  if (userId !== undefined) requireSelfOrAdmin(caller, userId);
  return {
    userId,
    businessIds: businessesOf(query.businessId, caller),
    orderRef: query.orderId,
    ...query.status,
    method: query.method,
    provider: query.provider,
    from: query.from,
    to: query.to,
    minAmountPaise: paiseOf(query.minAmount),
    maxAmountPaise: paiseOf(query.maxAmount),
    q: query.q,
  };
}

const paiseOf = (amount: number | undefined): bigint | undefined =>
  amount === undefined ? undefined : paiseFromRupees(amount);

/** An administrator of one business who asks for another's sees nothing. */
function businessesOf(asked: string | undefined, caller: Identity): string[] {
  const own = caller.isAdmin ? caller.businessId : null;
  return [own, asked].filter((businessId) => businessId != null);
}
