import { BoundedMap } from './bounded-map.js';
import type { OrderEntity, PaymentEntity, RefundEntity } from './entities.js';
import { type IdPrefix, isId } from './ids.js';
import { refused, unknownId } from './razorpay-error.js';

export interface OrderRecord {
  readonly entity: OrderEntity;
  /** The order's own `payment_capture`; null leaves it to the sandbox's setting. */
  readonly autoCapture: boolean | null;
  readonly paymentIds: string[];
}

export interface PaymentRecord {
  readonly entity: PaymentEntity;
  readonly refundIds: string[];
  /** Refunds by `X-Refund-Idempotency` key, with the request that first used the key. */
  readonly refundsByKey: Map<string, { readonly request: string; readonly refundId: string }>;
}

/** Everything the sandbox knows, in memory; the oldest records go first when `capacity` of a kind is reached. */
export class Store {
  private readonly orders: BoundedMap<OrderRecord>;
  private readonly payments: BoundedMap<PaymentRecord>;
  private readonly refunds: BoundedMap<RefundEntity>;
  private readonly orderIdsByReceipt = new Map<string, string>();

  constructor(capacity: number) {
    this.orders = new BoundedMap(capacity, (evicted) => this.forgetReceipt(evicted.entity));
    this.payments = new BoundedMap(capacity);
    this.refunds = new BoundedMap(capacity);
  }

  addOrder(order: OrderRecord): void {
    if (order.entity.receipt !== null) this.orderIdsByReceipt.set(order.entity.receipt, order.entity.id);
    this.orders.set(order.entity.id, order);
  }

  addPayment(order: OrderRecord, payment: PaymentRecord): void {
    order.paymentIds.push(payment.entity.id);
    this.payments.set(payment.entity.id, payment);
  }

  addRefund(payment: PaymentRecord, refund: RefundEntity): void {
    payment.refundIds.push(refund.id);
    this.refunds.set(refund.id, refund);
  }

  findOrder(id: string): OrderRecord | undefined {
    return this.orders.get(id);
  }

  findOrderByReceipt(receipt: string): OrderRecord | undefined {
    const id = this.orderIdsByReceipt.get(receipt);
    return id === undefined ? undefined : this.orders.get(id);
  }

  /** @throws RazorpayError for an id that is malformed or unknown; so do the two below. */
  orderById(id: string): OrderRecord {
    return known(this.orders, 'order_', id);
  }

  paymentById(id: string): PaymentRecord {
    return known(this.payments, 'pay_', id);
  }

  refundById(id: string): RefundEntity {
    return known(this.refunds, 'rfnd_', id);
  }

  /** Newest first, as Razorpay lists. */
  listOrders(): OrderEntity[] {
    return this.orders
      .values()
      .map((order) => order.entity)
      .reverse();
  }

  listPayments(): PaymentEntity[] {
    return this.payments
      .values()
      .map((payment) => payment.entity)
      .reverse();
  }

  listRefunds(): RefundEntity[] {
    return this.refunds.values().reverse();
  }

  paymentsOfOrder(order: OrderRecord): PaymentEntity[] {
    return order.paymentIds.flatMap((id) => this.payments.get(id)?.entity ?? []).reverse();
  }

  refundsOfPayment(payment: PaymentRecord): RefundEntity[] {
    return payment.refundIds.flatMap((id) => this.refunds.get(id) ?? []).reverse();
  }

  counts(): { orders: number; payments: number; refunds: number } {
    return { orders: this.orders.size, payments: this.payments.size, refunds: this.refunds.size };
  }

  private forgetReceipt(order: OrderEntity): void {
    if (order.receipt !== null) this.orderIdsByReceipt.delete(order.receipt);
  }
}

function known<RecordType>(records: BoundedMap<RecordType>, prefix: IdPrefix, id: string): RecordType {
  if (!isId(prefix, id)) throw refused(`${id} is not a valid id`);
  const record = records.get(id);
  if (record === undefined) throw unknownId();
  return record;
}
