import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { PaymentClient } from '../clients/payment.client.js';
import { CONFIG, type OrderServiceConfig } from '../order-service.config.js';
import { unchanged } from './order-change.js';
import { changeOrder } from './order.repository.js';
import { cancelOrder } from './order.js';

/*
 * The one place where orders expire. An instance leases orders whose window has passed, asks payment about each outside
 * any transaction, and cancels those for which nothing was captured. If payment says that money came, its event is on the
 * way and is waited for. If it does not answer, nothing happens: the lease runs out and the question is asked again.
 * A process that dies in between leaves a lease; payment, once it has answered "unpaid", refunds what comes in later, so
 * asking twice is harmless.
 */
const BATCH_ORDERS = 20;
const LEASE_SECONDS = 30;
const CAUSE = { role: 'SYSTEM', id: 'job:expire-unpaid-orders', reason: 'The payment window passed.' } as const;

const LEASE = `update orders set expiry_leased_until = now() + make_interval(secs => ${LEASE_SECONDS})
  where id = any (array(
    select id from orders
    where status = 'PENDING' and payment_expires_at < now()
      and (expiry_leased_until is null or expiry_leased_until < now())
    order by payment_expires_at limit ${BATCH_ORDERS} for update skip locked))
  returning id`;

@Injectable()
export class ExpireUnpaidOrders extends ServiceJob {
  constructor(
    private readonly database: Database,
    private readonly payment: PaymentClient,
    @Inject(CONFIG) config: OrderServiceConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super('expire-unpaid-orders', config.ORDER_EXPIRY_INTERVAL, logger);
  }

  /** @returns how many orders were cancelled. */
  async execute(): Promise<number> {
    const leased = await this.database.query<{ id: string }>(LEASE);
    const outcomes = await Promise.all(leased.map(({ id }) => this.expire(id)));
    return outcomes.filter((isCancelled) => isCancelled).length;
  }

  private async expire(orderId: string): Promise<boolean> {
    if (!(await this.isUnpaid(orderId))) return false;
    // Payment has closed the order by now, so it is cancelled even where an attempt has just extended its window.
    await this.database.sqlTransaction((tx) =>
      changeOrder(tx, orderId, (order, now) =>
        order.status === 'PENDING' ? cancelOrder(order, CAUSE, now) : unchanged(order),
      ),
    );
    return true;
  }

  private async isUnpaid(orderId: string): Promise<boolean> {
    try {
      return await this.payment.confirmUnpaid(orderId, CAUSE.reason);
    } catch (error) {
      this.logger.warn({ err: error, orderId }, 'payment cannot say whether money came in: the order waits');
      return false;
    }
  }
}
