import { Module, type DynamicModule } from '@nestjs/common';
import { HttpEdgeModule } from '@reseller/http';
import { MessagingModule } from '@reseller/messaging';
import { openDatabase } from '@reseller/persistence';
import type { Logger } from '@reseller/runtime';
import { AnalysePayments } from './analytics/analyse-payments.js';
import { AnalyticsController } from './analytics/analytics.controller.js';
import { AnalyticsQueries } from './analytics/analytics.queries.js';
import { OrderClient } from './clients/order.client.js';
import { PrismaClient } from './generated/prisma/client.js';
import { PaymentMetrics } from './metrics/payment-metrics.js';
import { CONFIG, type PaymentServiceConfig } from './payment-service.config.js';
import { AdminPaymentsController } from './payments/admin-payments.controller.js';
import { AttachPayment } from './payments/attach-payment.js';
import { AuthorizePayment } from './payments/authorize-payment.js';
import { CaptureAuthorized } from './payments/capture-authorized.js';
import { CaptureAuthorizedJob } from './payments/capture-authorized.job.js';
import { CaptureByAdmin } from './payments/capture-by-admin.js';
import { CaptureCash } from './payments/capture-cash.js';
import { CapturePayment } from './payments/capture-payment.js';
import { CloseOrder } from './payments/close-order.js';
import { ConfirmUnpaid } from './payments/confirm-unpaid.js';
import { CreatePayment } from './payments/create-payment.js';
import { EnsureRazorpayOrder } from './payments/ensure-razorpay-order.js';
import { FailPayment } from './payments/fail-payment.js';
import { FindPayment } from './payments/find-payment.js';
import { ForgetBuyer } from './payments/forget-buyer.js';
import { JoinAccount } from './payments/join-account.js';
import { ListPayments } from './payments/list-payments.js';
import { OrdersConsumer } from './payments/orders.consumer.js';
import { PaymentAccess } from './payments/payment-access.js';
import { PaymentQueries } from './payments/payment.queries.js';
import { PaymentsController } from './payments/payments.controller.js';
import { InternalPaymentsController } from './payments/payments.internal.controller.js';
import { RecordGatewayPayment } from './payments/record-gateway-payment.js';
import { RecordOfflinePayment } from './payments/record-offline-payment.js';
import { SettleWithoutGateway } from './payments/settle-without-gateway.js';
import { VerifyPayment } from './payments/verify-payment.js';
import { RazorpayGateway } from './razorpay/razorpay-gateway.js';
import { ReconcileOrder } from './reconciliation/reconcile-order.js';
import { ReconcilePayments } from './reconciliation/reconcile-payments.js';
import { ReconciliationController } from './reconciliation/reconciliation.controller.js';
import { ReconciliationQueries } from './reconciliation/reconciliation.queries.js';
import { RunReconciliations } from './reconciliation/run-reconciliations.js';
import { StartReconciliation } from './reconciliation/start-reconciliation.js';
import { IsGoingBack } from './refunds/is-going-back.js';
import { ApplyGatewayRefund } from './refunds/apply-gateway-refund.js';
import { FindRefund } from './refunds/find-refund.js';
import { ListRefunds } from './refunds/list-refunds.js';
import { ProcessRefunds } from './refunds/process-refunds.js';
import { RefundPayment } from './refunds/refund-payment.js';
import { RefundReturnedOrder } from './refunds/refund-returned-order.js';
import { RefundQueries } from './refunds/refund.queries.js';
import { RefundsController } from './refunds/refunds.controller.js';
import { RequestRefund } from './refunds/request-refund.js';
import { SettleRefundOtherwise } from './refunds/settle-refund-otherwise.js';
import { AdminWebhooksController } from './webhooks/admin-webhooks.controller.js';
import { DeleteOldWebhooks } from './webhooks/delete-old-webhooks.js';
import { ForgetLatePayers } from './webhooks/forget-payer.js';
import { ProcessWebhook } from './webhooks/process-webhook.js';
import { ReceiveWebhook } from './webhooks/receive-webhook.js';
import { ReplayWebhook } from './webhooks/replay-webhook.js';
import { SweepWebhooksJob } from './webhooks/sweep-webhooks.job.js';
import { WebhookQueries } from './webhooks/webhook.queries.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

const payments = [
  AttachPayment,
  IsGoingBack,
  AuthorizePayment,
  CaptureAuthorized,
  CaptureAuthorizedJob,
  CaptureByAdmin,
  CaptureCash,
  CapturePayment,
  CloseOrder,
  ConfirmUnpaid,
  CreatePayment,
  EnsureRazorpayOrder,
  FailPayment,
  FindPayment,
  ForgetBuyer,
  JoinAccount,
  ListPayments,
  PaymentAccess,
  PaymentQueries,
  RecordGatewayPayment,
  RecordOfflinePayment,
  SettleWithoutGateway,
  VerifyPayment,
];
const refunds = [
  ApplyGatewayRefund,
  FindRefund,
  ListRefunds,
  ProcessRefunds,
  RefundPayment,
  RefundQueries,
  RefundReturnedOrder,
  RequestRefund,
  SettleRefundOtherwise,
];
const webhooks = [
  DeleteOldWebhooks,
  ForgetLatePayers,
  ProcessWebhook,
  ReceiveWebhook,
  ReplayWebhook,
  SweepWebhooksJob,
  WebhookQueries,
];

const reconciliation = [
  ReconcileOrder,
  ReconcilePayments,
  ReconciliationQueries,
  RunReconciliations,
  StartReconciliation,
];

@Module({})
export class PaymentServiceModule {
  static forRoot(config: PaymentServiceConfig, logger: Logger): DynamicModule {
    const database = openDatabase((adapter) => new PrismaClient({ adapter }), {
      url: config.DATABASE_URL,
      poolSize: config.DATABASE_POOL_SIZE,
      service: 'payment-service',
      adapter: config.DATABASE_ADAPTER,
      neonProxy: config.NEON_WS_PROXY,
    });
    return {
      module: PaymentServiceModule,
      imports: [
        HttpEdgeModule.forService({ name: 'payment-service', config, logger, database }),
        MessagingModule.forService({ service: 'payment', ...config }),
      ],
      controllers: [
        WebhooksController,
        AnalyticsController,
        PaymentsController,
        RefundsController,
        AdminWebhooksController,
        ReconciliationController,
        AdminPaymentsController,
        InternalPaymentsController,
        OrdersConsumer,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        OrderClient,
        RazorpayGateway,
        ...payments,
        ...refunds,
        ...webhooks,
        AnalysePayments,
        AnalyticsQueries,
        ...reconciliation,
        PaymentMetrics,
      ],
    };
  }
}
