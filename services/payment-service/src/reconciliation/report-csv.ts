import type { CsvFile } from '@reseller/http';
import { rupeesFromPaise } from '@reseller/money';
import type { ItemRecord } from './reconciliation.queries.js';

const COLUMNS = [
  'foundAt',
  'outcome',
  'kind',
  'detail',
  'orderNumber',
  'orderId',
  'paymentId',
  'razorpayOrderId',
  'razorpayPaymentId',
  'razorpayRefundId',
  'ourStatus',
  'gatewayStatus',
  'ourAmount',
  'gatewayAmount',
] as const;
type Row = Readonly<Record<(typeof COLUMNS)[number], string | number | null>>;

/** What a report found, as the rows of a file. */
export const reportCsv = (reportId: string, items: AsyncIterable<ItemRecord>): CsvFile => ({
  name: `reconciliation-${reportId}.csv`,
  columns: COLUMNS,
  rows: rowsOf(items),
});

async function* rowsOf(items: AsyncIterable<ItemRecord>): AsyncGenerator<Row> {
  for await (const item of items) {
    const { createdAt, ourPaise, gatewayPaise, ...said } = item;
    yield {
      ...said,
      foundAt: createdAt.toISOString(),
      ourAmount: ourPaise === null ? null : rupeesFromPaise(ourPaise),
      gatewayAmount: gatewayPaise === null ? null : rupeesFromPaise(gatewayPaise),
    };
  }
}
