import type { CsvFile } from '@reseller/http';
import { rupeesFromPaise } from '@reseller/money';
import type { Order } from './order-state.js';

const CELLS = {
  orderNumber: (order) => order.orderNumber,
  createdAt: (order) => order.createdAt.toISOString(),
  status: (order) => order.status,
  paymentStatus: (order) => order.paymentStatus,
  fulfillmentStatus: (order) => order.fulfillmentStatus,
  paymentMethod: (order) => order.paymentMethod,
  buyerName: (order) => order.buyerName,
  buyerEmail: (order) => order.buyerEmail,
  buyerPhone: (order) => order.buyerPhone,
  items: (order) => order.lines.map(({ quantity, sku }) => `${quantity} x ${sku}`).join('; '),
  subtotal: (order) => rupeesFromPaise(order.subtotalPaise),
  discountTotal: (order) => rupeesFromPaise(order.discountPaise),
  taxTotal: (order) => rupeesFromPaise(order.taxPaise),
  shippingTotal: (order) => rupeesFromPaise(order.shippingPaise),
  total: (order) => rupeesFromPaise(order.totalPaise),
  refundedTotal: (order) => rupeesFromPaise(order.refundedPaise),
  commission: (order) => rupeesFromPaise(order.commissionPaise),
  razorpayPaymentId: (order) => order.gatewayPaymentId,
  paidAt: (order) => order.paidAt?.toISOString() ?? null,
  trackingNumber: (order) => order.trackingNumber,
  source: (order) => order.source,
  id: (order) => order.id,
} satisfies Readonly<Record<string, (order: Order) => string | number | null>>;

const COLUMNS = Object.keys(CELLS);
const rowOf = (order: Order): object =>
  Object.fromEntries(Object.entries(CELLS).map(([column, cell]) => [column, cell(order)]));

/** Orders as the rows of a file, as they are read. */
export const ordersCsv = (orders: AsyncIterable<Order>): CsvFile => ({
  name: 'orders.csv',
  columns: COLUMNS,
  rows: rowsOf(orders),
});

async function* rowsOf(orders: AsyncIterable<Order>): AsyncGenerator<object> {
  for await (const order of orders) yield rowOf(order);
}
