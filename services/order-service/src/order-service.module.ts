import { Module, type DynamicModule } from '@nestjs/common';
import { EventStreams, HttpEdgeModule } from '@reseller/http';
import { MessagingModule } from '@reseller/messaging';
import { openDatabase } from '@reseller/persistence';
import type { Logger } from '@reseller/runtime';
import { AuthClient } from './clients/auth.client.js';
import { PaymentClient } from './clients/payment.client.js';
import { PricingClient } from './clients/pricing.client.js';
import { ProductClient } from './clients/product.client.js';
import { ShareLinkClient } from './clients/share-link.client.js';
import { Businesses } from './copies/businesses.js';
import { CopiesConsumer } from './copies/copies.consumer.js';
import { DashboardController } from './dashboard/dashboard.controller.js';
import { DashboardQueries } from './dashboard/dashboard.queries.js';
import { FoldOrderFigures } from './dashboard/fold-order-figures.js';
import { PrismaClient } from './generated/prisma/client.js';
import { CONFIG, type OrderServiceConfig } from './order-service.config.js';
import { AdminOrdersController } from './orders/admin-orders.controller.js';
import { CallOffUnstockedOrder } from './orders/call-off-unstocked-order.js';
import { CancelOrder } from './orders/cancel-order.js';
import { ChangeOrderStatus } from './orders/change-order-status.js';
import { ExpireUnpaidOrders } from './orders/expire-unpaid-orders.js';
import { ForgetCustomer } from './orders/forget-customer.js';
import { JoinGuestOrders } from './orders/join-guest-orders.js';
import { LearnCustomer } from './orders/learn-customer.js';
import { MarkOrderPaid } from './orders/mark-order-paid.js';
import { OrderAccess } from './orders/order-access.js';
import { OrderChanges } from './orders/order-changes.js';
import { OrderProgressController } from './orders/order-progress.controller.js';
import { OrderStreamController } from './orders/order-stream.controller.js';
import { OrderStock } from './orders/order-stock.js';
import { OrderStreams } from './orders/order-streams.js';
import { OrderTokens } from './orders/order-token.js';
import { OrderQueries } from './orders/order.queries.js';
import { OrdersConsumer } from './orders/orders.consumer.js';
import { OrdersController } from './orders/orders.controller.js';
import { InternalOrdersController } from './orders/orders.internal.controller.js';
import { PlaceOrder } from './orders/place-order.js';
import { PlacingContexts } from './orders/placing-context.js';
import { RecordPaymentFailure } from './orders/record-payment-failure.js';
import { RecordRefund } from './orders/record-refund.js';
import { SettleOrder } from './orders/settle-order.js';
import { MoneyKept } from './orders/money-kept.js';
import { ShipOrder } from './orders/ship-order.js';
import { SoldOut } from './orders/sold-out.js';
import { WantedReservationsQuery } from './orders/wanted-reservations.js';

const clients = [PricingClient, ProductClient, PaymentClient, ShareLinkClient, AuthClient];
const reading = [Businesses, PlacingContexts, OrderTokens, OrderAccess, OrderQueries, WantedReservationsQuery];
const commands = [PlaceOrder, OrderStock, SoldOut, CancelOrder, MoneyKept, ShipOrder, ChangeOrderStatus, SettleOrder];
const reactions = [MarkOrderPaid, RecordPaymentFailure, RecordRefund, CallOffUnstockedOrder, JoinGuestOrders];
const people = [LearnCustomer, ForgetCustomer];

@Module({})
export class OrderServiceModule {
  static forRoot(config: OrderServiceConfig, logger: Logger): DynamicModule {
    const database = openDatabase((adapter) => new PrismaClient({ adapter }), {
      url: config.DATABASE_URL,
      poolSize: config.DATABASE_POOL_SIZE,
      service: 'order-service',
      adapter: config.DATABASE_ADAPTER,
      neonProxy: config.NEON_WS_PROXY,
    });
    return {
      module: OrderServiceModule,
      imports: [
        HttpEdgeModule.forService({ name: 'order-service', config, logger, database }),
        MessagingModule.forService({ service: 'order', ...config }),
      ],
      controllers: [
        DashboardController,
        OrdersController,
        OrderProgressController,
        OrderStreamController,
        AdminOrdersController,
        InternalOrdersController,
        OrdersConsumer,
        CopiesConsumer,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: EventStreams, useFactory: () => new EventStreams(config) },
        ...clients,
        ...reading,
        ...commands,
        ...reactions,
        ...people,
        DashboardQueries,
        ExpireUnpaidOrders,
        FoldOrderFigures,
        OrderChanges,
        OrderStreams,
      ],
    };
  }
}
