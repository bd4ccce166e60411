import { Injectable } from '@nestjs/common';
import type { OrderSnapshot } from '@reseller/contracts';
import { paiseFromWire } from '@reseller/money';
import type { SqlTx } from '@reseller/persistence';
import { CommissionRepository, type CommissionFact } from './commission.repository.js';
import { PostCommission } from './post-commission.js';

/**
 * Takes in what an event says about an order and posts what follows from all that is known of it.
 *
 * The hot step of a purchase: with the inbox row a payment costs four statements (inbox, facts, journal, settlement), a
 * delivery five (it also locks the balances). Orders on which nobody earns cost nothing: every event of an order carries
 * the same seller and commission, so there is no fact worth keeping.
 */
@Injectable()
export class RecordCommissionFact {
  constructor(
    private readonly commissions: CommissionRepository,
    private readonly postCommission: PostCommission,
  ) {}

  async execute(tx: SqlTx, order: OrderSnapshot, fact: CommissionFact): Promise<void> {
    if (order.sellerId === null || order.commissionPaise === 0) return;
    const commission = await this.commissions.record(
      tx,
      {
        orderId: order.orderId,
        orderNumber: order.orderNumber,
        businessId: order.businessId,
        sellerId: order.sellerId,
        commissionPaise: paiseFromWire(order.commissionPaise),
        orderTotalPaise: paiseFromWire(order.totalPaise),
      },
      fact,
    );
    await this.postCommission.execute(tx, commission);
  }
}
