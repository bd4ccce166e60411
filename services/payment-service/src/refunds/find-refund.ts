import { Injectable } from '@nestjs/common';
import type { Identity } from '@reseller/http';
import { DomainError, notFound } from '@reseller/runtime';
import { PaymentAccess } from '../payments/payment-access.js';
import { RefundQueries, type RefundRecord } from './refund.queries.js';

export const refundNotFound = () => notFound('REFUND_NOT_FOUND', 'There is no such refund.');

/** One refund, for those who may see its payment. */
@Injectable()
export class FindRefund {
  constructor(
    private readonly refunds: RefundQueries,
    private readonly payments: PaymentAccess,
  ) {}

  /** @throws 404 REFUND_NOT_FOUND, also where it is somebody else's */
  execute(id: string, caller: Identity): Promise<RefundRecord> {
    return this.found(id, (refund) => this.payments.requireView(caller, refund));
  }

  /** For changes: only administrators of its business. @throws 404 REFUND_NOT_FOUND */
  toChange(id: string, caller: Identity): Promise<RefundRecord> {
    return this.found(id, (refund) => this.payments.requireBusiness(caller, refund));
  }

  private async found(
    id: string,
    require: (refund: RefundRecord) => RefundRecord | Promise<RefundRecord>,
  ): Promise<RefundRecord> {
    const refund = await this.refunds.find(id);
    if (refund === null) throw refundNotFound();
    try {
      return await require(refund);
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'not-found') throw refundNotFound();
      throw error;
    }
  }
}
