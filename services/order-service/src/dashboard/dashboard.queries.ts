import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { CLOCK, LOGGER, ShortLived, type Clock, type Logger } from '@reseller/runtime';
import { AuthClient } from '../clients/auth.client.js';
import { ProductClient, type CatalogueCounts } from '../clients/product.client.js';
import { CONFIG, type OrderServiceConfig } from '../order-service.config.js';
import type { Order } from '../orders/order-state.js';
import type { OrderStatus, PaymentStatus } from '../orders/order-status.js';
import { OrderQueries } from '../orders/order.queries.js';

const RECENT_ORDERS = 10;
/** Scopes whose figures are kept. */
const SCOPES_MAX = 1_000;
const ALL = 'all';

/** How many orders are in these states, and what they brought in. */
export interface OrderFigure {
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly orders: bigint;
  readonly revenuePaise: bigint;
}

export interface OrderFiguresAsOf {
  readonly figures: readonly OrderFigure[];
  readonly recent: readonly Order[];
  readonly asOf: Date;
}

/** Null: the service that knows it did not answer. */
export interface DashboardStatistics extends OrderFiguresAsOf {
  readonly catalogue: CatalogueCounts | null;
  readonly users: number | null;
}

const FIGURES = `select status, payment_status as "paymentStatus", sum(orders)::bigint as orders,
    sum(revenue_paise)::bigint as "revenuePaise"
  from (select business_id, status, payment_status, orders, revenue_paise from order_figures
    union all select business_id, status, payment_status, orders, revenue_paise from order_figure_changes) figures
  where $1::uuid is null or business_id = $1::uuid
  group by status, payment_status`;

const businessOf = (scope: string): string | null => (scope === ALL ? null : scope);

/** The figures of a business, or of all, none older than the configured time. */
@Injectable()
export class DashboardQueries {
  private readonly orders: ShortLived<OrderFiguresAsOf>;
  private readonly catalogue: ShortLived<CatalogueCounts>;
  private readonly users: ShortLived<number>;

  constructor(
    private readonly database: Database,
    private readonly queries: OrderQueries,
    product: ProductClient,
    auth: AuthClient,
    @Inject(CONFIG) config: OrderServiceConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const kept = { max: SCOPES_MAX, ttlMs: config.DASHBOARD_CACHE_TTL };
    this.orders = new ShortLived((scope) => this.readOrders(businessOf(scope)), kept);
    this.catalogue = new ShortLived((scope) => product.catalogueCounts(businessOf(scope)), kept);
    this.users = new ShortLived((scope) => auth.userCount(businessOf(scope)), kept);
  }

  /** @param businessId null: of every business. */
  async statistics(businessId: string | null): Promise<DashboardStatistics> {
    const scope = businessId ?? ALL;
    const [orders, catalogue, users] = await Promise.all([
      this.orders.get(scope),
      this.orNull(this.catalogue.get(scope)),
      this.orNull(this.users.get(scope)),
    ]);
    return { ...orders, catalogue, users };
  }

  private async readOrders(businessId: string | null): Promise<OrderFiguresAsOf> {
    const [figures, recent] = await Promise.all([
      this.database.query<OrderFigure>(FIGURES, [businessId]),
      this.queries.latest(businessId, RECENT_ORDERS),
    ]);
    return { figures, recent, asOf: this.clock.now() };
  }

  /** A dashboard without one number is better than none; what failed is not kept, so the next reader asks again. */
  private async orNull<T>(asked: Promise<T>): Promise<T | null> {
    try {
      return await asked;
    } catch (error) {
      this.logger.warn({ err: error }, 'a figure of the dashboard is missing');
      return null;
    }
  }
}
