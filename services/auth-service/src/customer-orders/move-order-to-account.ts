import { Inject, Injectable } from '@nestjs/common';
import type { OrderSnapshot } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { paiseFromWire } from '@reseller/money';
import type { SqlTx } from '@reseller/persistence';
import { CLOCK, type Clock } from '@reseller/runtime';
import { customerDeleted } from '../customers/customer-deleted.js';
import { holdCustomerOf } from './buyer.repository.js';
import { contributionOf, type Contribution } from './customer-order.js';
import {
  holdCounted,
  holdOrder,
  saveAndCount,
  saveOrder,
  takeBack,
  type KnownOrder,
} from './customer-order.repository.js';
import { customerOrdered } from './customer-ordered.js';
import { buyerOf, RecordOrderFact } from './record-order-fact.js';

type FoundOrder = KnownOrder & { readonly customerId: string };

/**
 * A guest's order became an account's: it counts for the account's customer from now on, and no longer for the contact
 * who was found by the guest's phone, whosever account that is. An order that named its customer stays theirs, and one
 * whose customer was forgotten stays nobody's. Order waits for what is told here before it takes a person out.
 */
@Injectable()
export class MoveOrderToAccount {
  constructor(
    private readonly recordFact: RecordOrderFact,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: SqlTx, order: OrderSnapshot): Promise<void> {
    const { orderId, businessId } = order;
    const known = await holdOrder(tx, { orderId, businessId, totalPaise: paiseFromWire(order.totalPaise) });
    const { customerId } = known;
    // The first that is heard of the order: its customer is the account's from the start.
    if (customerId === null) return this.recordFact.execute(tx, order, {});
    const isNamed = order.buyer.customerId !== null && !known.customerFound;
    if (!isNamed) await this.move(tx, order, { ...known, customerId });
  }

  private async move(tx: SqlTx, order: OrderSnapshot, known: FoundOrder): Promise<void> {
    const from = await holdCounted(tx, known.customerId);
    const at = this.clock.now();
    const joined = { at, hasJoined: true };
    if (from.isDeleted || from.userId === order.buyer.userId) {
      const { customerId } = known;
      await appendToOutbox(tx, [
        customerOrdered(order, { id: customerId, userId: from.userId }, joined),
        ...(from.isDeleted ? [customerDeleted({ customerId, businessId: order.businessId, at })] : []),
      ]);
      return;
    }
    const to = await holdCustomerOf(tx, { ...buyerOf(order), customerId: null });
    if (to === null) return;
    await this.count(tx, order, { known, to: to.id, added: contributionOf(known) });
    await appendToOutbox(tx, [customerOrdered(order, to, joined)]);
  }

  private async count(
    tx: SqlTx,
    { orderId, orderNumber }: OrderSnapshot,
    { known, to, added }: { readonly known: FoundOrder; readonly to: string; readonly added: Contribution },
  ): Promise<void> {
    const moved = { ...known, orderId, customerId: to, customerFound: true };
    if (added.orders === 0) return saveOrder(tx, orderId, moved);
    const reason = `Order ${orderNumber} joined its buyer’s account`;
    await takeBack(tx, { orderId, customerId: known.customerId }, { added, reason });
    await saveAndCount(tx, moved, { added, reason });
  }
}
