import { Inject, Injectable } from '@nestjs/common';
import type { OrderSnapshot } from '@reseller/contracts';
import { canonicalPhone } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { paiseFromWire } from '@reseller/money';
import type { SqlTx } from '@reseller/persistence';
import { CLOCK, type Clock } from '@reseller/runtime';
import { customerDeleted } from '../customers/customer-deleted.js';
import { holdCustomerOf, type Buyer } from './buyer.repository.js';
import { contributionOf, differenceOf, NO_CONTRIBUTION, withFact, type OrderFact } from './customer-order.js';
import { holdCounted, holdOrder, saveAndCount, saveOrder } from './customer-order.repository.js';
import { customerOrdered } from './customer-ordered.js';

/**
 * Writes down what an event says of an order, and gives its customer the difference that it makes. The order's row is held
 * first and the customer's then, by every event alike, so that figures are the sum of the orders whatever comes when. An
 * order that named nobody is told, once, whose it is; so is one that was counted before orders were told.
 */
@Injectable()
export class RecordOrderFact {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** @param fact empty where an event only says that there is an order. */
  async execute(tx: SqlTx, order: OrderSnapshot, fact: OrderFact): Promise<void> {
    const { orderId, businessId } = order;
    const before = await holdOrder(tx, { orderId, businessId, totalPaise: paiseFromWire(order.totalPaise) });
    const first = before.customerId === null ? await holdCustomerOf(tx, buyerOf(order)) : null;
    if (first?.isFound === true) await appendToOutbox(tx, [customerOrdered(order, first, { at: this.clock.now() })]);
    const untold = order.buyer.customerId === null && !before.customerFound ? before.customerId : null;
    if (untold !== null) await this.tell(tx, order, untold);
    const customerId = before.customerId ?? first?.id ?? null;
    const after = {
      ...withFact(before, fact),
      customerId,
      customerFound: before.customerFound || untold !== null || first?.isFound === true,
    };
    const counted = before.customerId === null ? NO_CONTRIBUTION : contributionOf(before);
    const added = differenceOf(counted, contributionOf(after));
    if (customerId === null || (added.orders === 0 && added.spentPaise === 0n)) {
      await saveOrder(tx, orderId, after);
      return;
    }
    const reason = `Order ${order.orderNumber} was paid`;
    await saveAndCount(tx, { ...after, orderId, customerId }, { added, reason });
  }

  private async tell(tx: SqlTx, order: OrderSnapshot, customerId: string): Promise<void> {
    const { userId, isDeleted } = await holdCounted(tx, customerId);
    const at = this.clock.now();
    await appendToOutbox(tx, [
      customerOrdered(order, { id: customerId, userId }, { at }),
      ...(isDeleted ? [customerDeleted({ customerId, businessId: order.businessId, at })] : []),
    ]);
  }
}

export function buyerOf({ businessId, buyer }: OrderSnapshot): Buyer {
  return { ...buyer, businessId, phone: buyer.phone === null ? null : canonicalPhone(buyer.phone) };
}
