import {
  OrderCancelled,
  OrderDelivered,
  PaymentRefunded,
  PaymentSuccess,
  type DomainEvent,
  type EventDefinition,
  type EventOf,
} from '@reseller/contracts';
import type { SqlTx } from '@reseller/persistence';
import type { CommissionsConsumer } from '../src/commissions/commissions.consumer.js';

const isA = <D extends EventDefinition>(definition: D, event: DomainEvent): event is EventOf<D> =>
  event.type === definition.type;

/** Hands an event to its handler without broker and inbox: the second delivery is then handled like the first. */
export async function handle(consumer: CommissionsConsumer, event: DomainEvent, tx: SqlTx): Promise<void> {
  const context = { tx, attempt: 1, afterCommit: (nudge: () => void) => tx.afterCommit(nudge) };
  if (isA(PaymentSuccess, event)) return consumer.onPaymentSuccess(event, context);
  if (isA(OrderDelivered, event)) return consumer.onOrderDelivered(event, context);
  if (isA(OrderCancelled, event)) return consumer.onOrderCancelled(event, context);
  if (isA(PaymentRefunded, event)) return consumer.onPaymentRefunded(event, context);
  throw new Error(`no handler for ${event.type}`);
}
