import type { FastifyInstance } from 'fastify';
import { collectionOf, type ListQuery, pageOf } from './collection.js';
import type { SandboxContext } from './context.js';
import type { Notes, OrderEntity } from './entities.js';
import { newId } from './ids.js';
import { invalidField } from './razorpay-error.js';
import { readAmount, readBody, readCurrency, readNotes, readPaymentCapture, readReceipt } from './request-fields.js';

interface OrderListQuery extends ListQuery {
  readonly receipt?: string;
  /** `1`: only orders with a payment that was authorized. */
  readonly authorized?: string;
}

interface ById {
  Params: { id: string };
}

const ORDER_FIELDS = ['amount', 'currency', 'receipt', 'notes', 'payment_capture', 'partial_payment'];

export function ordersRoutes(app: FastifyInstance, context: SandboxContext): void {
  const { store } = context;

  app.post('/orders', (request) => createOrder(context, request.body));

  app.get<{ Querystring: OrderListQuery }>('/orders', ({ query }) => pageOf(ordersMatching(context, query), query));

  app.get<ById>('/orders/:id', ({ params }) => store.orderById(params.id).entity);

  app.patch<ById>('/orders/:id', ({ params, body }) => {
    const order = store.orderById(params.id).entity;
    order.notes = readRequiredNotes(body);
    return order;
  });

  app.get<ById>('/orders/:id/payments', ({ params }) =>
    collectionOf(store.paymentsOfOrder(store.orderById(params.id))),
  );
}

/** Not idempotent, as with Razorpay: a caller who lost the answer finds the order by its receipt. */
function createOrder(context: SandboxContext, requestBody: unknown): OrderEntity {
  const body = readBody(requestBody, ORDER_FIELDS);
  const amount = readAmount(body);
  const currency = readCurrency(body);
  const receipt = readReceipt(body);
  const notes = readNotes(body);
  const autoCapture = readPaymentCapture(body);
  if (body['partial_payment'] !== undefined && body['partial_payment'] !== false) {
    throw invalidField('partial_payment', 'Partial payments are not enabled for this account.');
  }
  if (receipt !== null && context.store.findOrderByReceipt(receipt) !== undefined) {
    throw invalidField('receipt', 'The receipt has already been taken.');
  }
  const entity = newOrder({ amount, currency, receipt, notes, createdAt: context.nowSeconds() });
  context.store.addOrder({ entity, autoCapture, paymentIds: [] });
  return entity;
}

interface NewOrder {
  readonly amount: number;
  readonly currency: string;
  readonly receipt: string | null;
  readonly notes: Notes;
  readonly createdAt: number;
}

function newOrder({ amount, currency, receipt, notes, createdAt }: NewOrder): OrderEntity {
  return {
    id: newId('order_'),
    entity: 'order',
    amount,
    amount_paid: 0,
    amount_due: amount,
    currency,
    receipt,
    offer_id: null,
    status: 'created',
    attempts: 0,
    notes,
    created_at: createdAt,
  };
}

function ordersMatching({ store }: SandboxContext, query: OrderListQuery): OrderEntity[] {
  const orders = query.receipt === undefined ? store.listOrders() : ordersWithReceipt(query.receipt);
  if (query.authorized !== '1') return orders;
  return orders.filter((order) =>
    store.paymentsOfOrder(store.orderById(order.id)).some(({ status }) => status !== 'created' && status !== 'failed'),
  );

  function ordersWithReceipt(receipt: string): OrderEntity[] {
    const order = store.findOrderByReceipt(receipt);
    return order === undefined ? [] : [order.entity];
  }
}

function readRequiredNotes(requestBody: unknown): Notes {
  const body = readBody(requestBody, ['notes']);
  if (body['notes'] === undefined) throw invalidField('notes', 'The notes field is required.');
  return readNotes(body);
}
