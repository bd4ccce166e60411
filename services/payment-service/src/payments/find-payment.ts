import { Injectable } from '@nestjs/common';
import type { Identity } from '@reseller/http';
import { Database } from '@reseller/persistence';
import { PaymentAccess } from './payment-access.js';
import { PaymentQueries, type PaymentRecord, type PaymentStatusRecord, type PaymentTrail } from './payment.queries.js';
import { findPayment, isClosed } from './payment.repository.js';
import type { Payment } from './payment.js';

export interface FoundPayment {
  readonly payment: PaymentRecord;
  readonly trail: PaymentTrail;
}

/** One payment, for those who may see it. */
@Injectable()
export class FindPayment {
  constructor(
    private readonly database: Database,
    private readonly payments: PaymentQueries,
    private readonly access: PaymentAccess,
  ) {}

  /** @throws 404 PAYMENT_NOT_FOUND, also where it is somebody else's */
  async execute(id: string, caller: Identity): Promise<FoundPayment> {
    return this.withTrail(await this.access.requireView(caller, await this.payments.find(id)));
  }

  /** For who polls: one statement, and nobody is asked twice about an order's token. */
  async status(id: string, caller: Identity): Promise<PaymentStatusRecord> {
    return this.access.requireView(caller, await this.payments.status(id));
  }

  /** The one that settled the order, else the latest. @param ref the order's id or number */
  async ofOrder(ref: string, caller: Identity): Promise<FoundPayment> {
    return this.withTrail(await this.access.requireView(caller, await this.payments.ofOrder(ref)));
  }

  /**
   * With everything that a change needs to know. Having bought it gives no right to change it, not to an administrator of
   * another business either.
   */
  async toChange(id: string, caller: Identity): Promise<Payment> {
    return this.access.requireBusiness(caller, await findPayment(this.database, id));
  }

  /** Whether the order was cancelled or has expired, as far as was heard. */
  isOrderClosed(orderId: string): Promise<boolean> {
    return isClosed(this.database, orderId);
  }

  private async withTrail(payment: PaymentRecord): Promise<FoundPayment> {
    return { payment, trail: await this.payments.trailOf(payment.id) };
  }
}
