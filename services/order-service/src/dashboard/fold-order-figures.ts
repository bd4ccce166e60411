import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { CONFIG, type OrderServiceConfig } from '../order-service.config.js';

/*
 * Adds what was appended to order_figure_changes to the totals. It may run on every instance at once: each takes rows
 * that no other has taken, and the totals are locked in one order. Readers add both tables up, so it does not matter
 * when it runs; it keeps the first table small.
 */
const BATCH_ROWS = 2_000;

const FOLD = `with taken as (
    delete from order_figure_changes where id = any (array(
      select id from order_figure_changes order by id limit ${BATCH_ROWS} for update skip locked))
    returning business_id, status, payment_status, orders, revenue_paise),
  folded as (
    insert into order_figures as total (business_id, status, payment_status, orders, revenue_paise)
    select business_id, status, payment_status, sum(orders), sum(revenue_paise) from taken
    group by business_id, status, payment_status order by business_id, status, payment_status
    on conflict (business_id, status, payment_status) do update
      set orders = total.orders + excluded.orders, revenue_paise = total.revenue_paise + excluded.revenue_paise)
  select count(*)::int as rows from taken`;

@Injectable()
export class FoldOrderFigures extends ServiceJob {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) config: OrderServiceConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('fold-order-figures', config.ORDER_FIGURES_INTERVAL, logger);
  }

  /** @returns how many rows were folded where there are more; what trickles in waits for the next time. */
  async execute(): Promise<number> {
    const [taken] = await this.database.query<{ rows: number }>(FOLD);
    const rows = taken?.rows ?? 0;
    return rows < BATCH_ROWS ? 0 : rows;
  }
}
