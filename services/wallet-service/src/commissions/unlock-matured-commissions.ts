import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, type Logger } from '@reseller/runtime';
import { CommissionRepository } from './commission.repository.js';
import { PostCommission } from './post-commission.js';

const BATCH = 100;

/**
 * Makes commission available whose hold after delivery has ended. One order per transaction: a transaction never locks
 * the balances of two sellers, so that instances and consumers cannot deadlock, and one failure holds up no other order.
 */
@Injectable()
export class UnlockMaturedCommissions {
  constructor(
    private readonly database: Database,
    private readonly commissions: CommissionRepository,
    private readonly postCommission: PostCommission,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @returns how many orders were unlocked by this call */
  async execute(): Promise<number> {
    let unlocked = 0;
    for (const orderId of await this.commissions.due(this.database, BATCH)) {
      try {
        if (await this.unlock(orderId)) unlocked += 1;
      } catch (error) {
        this.logger.error(
          { err: error, orderId },
          'a matured commission could not be unlocked, it will be tried again',
        );
      }
    }
    return unlocked;
  }

  private unlock(orderId: string): Promise<boolean> {
    return this.database.sqlTransaction(async (tx) => {
      const commission = await this.commissions.unlock(tx, orderId);
      if (commission === undefined) return false;
      await this.postCommission.execute(tx, commission);
      return true;
    });
  }
}
