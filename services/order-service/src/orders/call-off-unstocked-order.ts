import { Injectable } from '@nestjs/common';
import type { EventOf, StockConversionFailed, StockReservationExpired } from '@reseller/contracts';
import type { SqlTx } from '@reseller/persistence';
import { unchanged } from './order-change.js';
import { changeOrder } from './order.repository.js';
import { cancelOrder, recordMissingStock } from './order.js';

/** An order whose stock is gone is called off. An order that was never written (its placing failed) is not missed. */
@Injectable()
export class CallOffUnstockedOrder {
  async conversionFailed(tx: SqlTx, { orderId }: EventOf<typeof StockConversionFailed>['data']): Promise<void> {
    await changeOrder(tx, orderId, (order, now) =>
      recordMissingStock(order, 'What was ordered is no longer in stock.', now),
    );
  }

  /** Only a pending order lives on its reservation; for any other the reservation was already turned into a sale. */
  async reservationExpired(tx: SqlTx, { orderId }: EventOf<typeof StockReservationExpired>['data']): Promise<void> {
    const cause = { role: 'SYSTEM', id: 'service:product', reason: 'The reserved stock was given back.' } as const;
    await changeOrder(tx, orderId, (order, now) =>
      order.status === 'PENDING' ? cancelOrder(order, cause, now) : unchanged(order),
    );
  }
}
