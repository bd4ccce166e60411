import { Injectable } from '@nestjs/common';
import type { DomainEvent, OrderSnapshot } from '@reseller/contracts';
import type { SqlTx } from '@reseller/persistence';
import type { Wording } from '../templates/wording.js';
import { QueueMessages } from './queue-messages.js';

/** Tells who placed the order, at the addresses given with it; a guest has no others. */
@Injectable()
export class TellBuyer {
  constructor(private readonly queueMessages: QueueMessages) {}

  execute(tx: SqlTx, event: DomainEvent<string, OrderSnapshot>, wording: Wording): void {
    const { buyer, orderId } = event.data;
    this.queueMessages.execute(tx, event, [{ to: buyer, wording, orderId }]);
  }
}
