import type { DomainEvent } from '@reseller/contracts';
import type { Database, SqlTx } from '@reseller/persistence';
import { correlation, newId, childTraceparent, type Logger } from '@reseller/runtime';
import type { EventContext } from './event-context.js';
import { failpoint } from './failpoint.js';
import { claimInInbox } from './inbox.js';
import { handlerSeconds } from './metrics.js';
import type { Delivery } from './transport.js';

/** A delivery whose event has been parsed and has a handler. */
export interface Handleable {
  readonly delivery: Delivery;
  readonly event: DomainEvent;
  readonly handler: (event: DomainEvent, context: EventContext) => Promise<void>;
}

export interface BatchEnvironment {
  readonly consumer: string;
  readonly database: Pick<Database, 'sqlTransaction'>;
  readonly logger: Logger;
}

/**
 * Handles a batch in one transaction: the inbox rows first, then the handler of every event that is new. It commits as a
 * whole or throws and has changed nothing. Events found in the inbox already are duplicates and change nothing either.
 */
export async function handleBatch(batch: readonly Handleable[], environment: BatchEnvironment): Promise<void> {
  const { consumer, database, logger } = environment;
  const handled = await database.sqlTransaction(async (tx) => {
    const fresh = await claimInInbox(tx, consumer, [...new Set(batch.map(({ event }) => event.id))]);
    // Removed as it is used: the same event twice in a batch is a duplicate like any other.
    for (const item of batch) if (fresh.delete(item.event.id)) await runHandler(item, tx, consumer);
    failpoint('consumer.mid-handler');
    return batch.length;
  });
  failpoint('consumer.after-commit');
  logger.debug({ handled }, 'batch of events committed');
}

async function runHandler(item: Handleable, tx: SqlTx, consumer: string): Promise<void> {
  const { delivery, event, handler } = item;
  const stopTimer = handlerSeconds.startTimer({ service: consumer, type: event.type });
  const context: EventContext = {
    tx,
    attempt: delivery.attempt,
    afterCommit: (nudge) => tx.afterCommit(nudge),
  };
  try {
    await correlation.run(correlationOf(delivery, event), () => handler(event, context));
  } finally {
    stopTimer();
  }
}

function correlationOf(delivery: Delivery, event: DomainEvent): Parameters<typeof correlation.run>[0] {
  return {
    requestId: delivery.headers['x-request-id'] ?? newId(),
    traceparent: childTraceparent(event.traceparent),
    eventId: event.id,
    ...(event.actor === null ? {} : { actor: event.actor }),
  };
}
