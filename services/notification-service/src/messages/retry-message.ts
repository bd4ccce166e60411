import { Inject, Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import { requireUser, type Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, conflict, type Clock } from '@reseller/runtime';
import { FindMessage } from './find-message.js';
import { REVIVABLE_STATES } from './message.js';
import type { MessageRecord } from './message.queries.js';

/** Has a message tried again from the start: after an address was put right, or a channel configured. */
@Injectable()
export class RetryMessage {
  constructor(
    private readonly database: Database,
    private readonly findMessage: FindMessage,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 404 NOTIFICATION_NOT_FOUND; 409 INVALID_STATUS_TRANSITION for one that is sent, due or not wanted. */
  async execute(id: string, caller: Identity): Promise<MessageRecord> {
    const before = await this.findMessage.execute(id, caller);
    await this.database.sqlTransaction(async (tx) => {
      const revived = await tx.query(
        `update messages set state = 'PENDING', attempts = 0, available_at = now()
         where id = $1 and state = any ($2) returning id`,
        [id, REVIVABLE_STATES],
      );
      if (revived.length === 0) {
        throw conflict('INVALID_STATUS_TRANSITION', `Only ${REVIVABLE_STATES.join(' or ')} messages can be retried.`);
      }
      const recorded = retryRecorded(before, requireUser(caller), this.clock.now());
      await appendToOutbox(tx, [recorded]);
    });
    return this.findMessage.execute(id, caller);
  }
}

const retryRecorded = (message: MessageRecord, actorId: string, now: Date) =>
  adminAction({
    actorId,
    action: 'NOTIFICATION_RETRIED',
    subjectType: 'notification',
    subjectId: message.id,
    before: { state: message.state },
    after: { state: 'PENDING' },
    businessId: message.businessId,
    occurredAt: now,
  });
