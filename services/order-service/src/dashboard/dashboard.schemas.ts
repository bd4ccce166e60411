import { snakeCaseToo, uuid, type Identity } from '@reseller/http';
import { rupeesFromPaise } from '@reseller/money';
import { forbidden } from '@reseller/runtime';
import { z } from 'zod';
import type { OrderStatus, PaymentStatus } from '../orders/order-status.js';
import { orderView, toOrderView } from '../orders/order-view.js';
import type { DashboardStatistics, OrderFigure } from './dashboard.queries.js';

export const dashboardQuery = snakeCaseToo(z.strictObject({ businessId: uuid().optional() }));

const count = () => z.int().nonnegative();
const missing = 'Null while the service that knows it does not answer.';

export const dashboardView = z
  .object({
    totalOrders: count(),
    totalProducts: count().nullable().describe(missing),
    totalCategories: count().nullable().describe(missing),
    totalUsers: count().nullable().describe(missing),
    totalRevenue: z.number().describe('What was paid, less what was refunded.'),
    pendingOrders: count(),
    confirmedOrders: count().describe(
      'Ready to be packed: paid, or to be paid in cash at the door. What was refunded in full is not to be sent, and counts among refundedOrders.',
    ),
    processingOrders: count().describe('Being packed, and not refunded in full.'),
    shippedOrders: count(),
    deliveredOrders: count(),
    cancelledOrders: count(),
    returnedOrders: count(),
    paidOrders: count().describe('Whose money came and was not given back in full.'),
    refundedOrders: count().describe('Whose money was given back in full, wherever the goods are.'),
    failedPayments: count().describe('Orders whose payment was tried and has not succeeded.'),
    recentOrders: z.array(orderView),
    degraded: z
      .array(z.object({ service: z.enum(['product', 'auth']), figures: z.array(z.string()) }))
      .describe('Which services did not answer, and which figures are null for that.'),
    asOf: z.iso.datetime(),
  })
  .meta({ id: 'DashboardStatistics' });

type DashboardBody = z.infer<typeof dashboardView>;

/**
 * Whose figures the caller gets: null are those of every business.
 *
 * @throws 403 for another business than one's own.
 */
export function scopeOf({ businessId }: z.infer<typeof dashboardQuery>, caller: Identity): string | null {
  if (caller.businessId === null) return businessId ?? null;
  if (businessId === undefined || businessId === caller.businessId) return caller.businessId;
  throw forbidden('FORBIDDEN', 'You may only see the figures of your own business.');
}

function countOf(figures: readonly OrderFigure[], isCounted: (figure: OrderFigure) => boolean): number {
  return figures.filter(isCounted).reduce((sum, { orders }) => sum + Number(orders), 0);
}

function degradedOf({ catalogue, users }: DashboardStatistics): DashboardBody['degraded'] {
  return [
    ...(catalogue === null ? [{ service: 'product' as const, figures: ['totalProducts', 'totalCategories'] }] : []),
    ...(users === null ? [{ service: 'auth' as const, figures: ['totalUsers'] }] : []),
  ];
}

export function toDashboardView(statistics: DashboardStatistics): DashboardBody {
  const { figures, catalogue, users, recent, asOf } = statistics;
  const inStatus = (...statuses: OrderStatus[]): number => countOf(figures, ({ status }) => statuses.includes(status));
  const toBeSent = (...statuses: OrderStatus[]): number =>
    countOf(figures, ({ status, paymentStatus }) => statuses.includes(status) && paymentStatus !== 'REFUNDED');
  const inPayment = (...statuses: PaymentStatus[]): number =>
    countOf(figures, ({ paymentStatus }) => statuses.includes(paymentStatus));
  return {
    totalOrders: countOf(figures, () => true),
    totalProducts: catalogue?.products ?? null,
    totalCategories: catalogue?.categories ?? null,
    totalUsers: users,
    totalRevenue: rupeesFromPaise(figures.reduce((sum, { revenuePaise }) => sum + revenuePaise, 0n)),
    pendingOrders: inStatus('PENDING'),
    confirmedOrders: toBeSent('PAID', 'CONFIRMED'),
    processingOrders: toBeSent('PROCESSING'),
    shippedOrders: inStatus('SHIPPED'),
    deliveredOrders: inStatus('DELIVERED'),
    cancelledOrders: inStatus('CANCELLED'),
    returnedOrders: inStatus('RETURNED'),
    paidOrders: inPayment('PAID', 'PARTIALLY_REFUNDED'),
    refundedOrders: inPayment('REFUNDED'),
    failedPayments: inPayment('FAILED'),
    recentOrders: recent.map((order) => toOrderView(order)),
    degraded: degradedOf(statistics),
    asOf: asOf.toISOString(),
  };
}
