import { Injectable } from '@nestjs/common';
import type { DomainEvent } from '@reseller/contracts';
import type { SqlTx } from '@reseller/persistence';
import type { Wording } from '../templates/wording.js';
import { QueueMessages } from './queue-messages.js';

interface SellerFact {
  readonly sellerId: string;
  readonly orderId?: string;
}

/** Tells the reseller, at the account's addresses. */
@Injectable()
export class TellSeller {
  constructor(private readonly queueMessages: QueueMessages) {}

  execute(tx: SqlTx, event: DomainEvent<string, SellerFact>, wording: Wording): void {
    const { sellerId, orderId } = event.data;
    const about = orderId === undefined ? {} : { orderId };
    this.queueMessages.execute(tx, event, [{ to: { userId: sellerId }, wording, ...about }]);
  }
}
