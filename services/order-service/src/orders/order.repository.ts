import { OutboxRelay, outboxCte, outboxParam } from '@reseller/messaging';
import type { SqlTx } from '@reseller/persistence';
import { isUuid } from '@reseller/runtime';
import { isAnonymous } from './anonymous-order.js';
import type { OrderChange } from './order-change.js';
import { figureChangesOf, type OrderFigures } from './order-figures.js';
import { columnsOf, LINE_COLUMNS, ORDER_COLUMNS, orderOf, type OrderRow } from './order-rows.js';
import type { HistoryEntry, Order, OrderLine } from './order-state.js';

/*
 * Orders in and out of the database, for the steps that change them. These are the hot steps of a purchase, so each is
 * one SQL statement: a Prisma interactive transaction costs four times the CPU. Whoever changes an order locks its row
 * first, so two changes never meet and the outbox keeps each order's events in order.
 */

const HISTORY_COLUMNS: Readonly<Record<keyof HistoryEntry, string>> = {
  orderId: 'order_id',
  version: 'version',
  what: 'what',
  fromStatus: 'from_status',
  toStatus: 'to_status',
  actorRole: 'actor_role',
  actorId: 'actor_id',
  reason: 'reason',
  occurredAt: 'occurred_at',
};

const FIGURE_COLUMNS: Readonly<Record<keyof OrderFigures, string>> = {
  businessId: 'business_id',
  status: 'status',
  paymentStatus: 'payment_status',
  orders: 'orders',
  revenuePaise: 'revenue_paise',
};

const aliased = (columns: Readonly<Record<string, string>>, table: string): string =>
  Object.entries(columns)
    .map(([field, column]) => `${table}.${column} as "${field}"`)
    .join(', ');

const names = (columns: Readonly<Record<string, string>>): string => Object.values(columns).join(', ');

const LINE_JSON = Object.entries(LINE_COLUMNS)
  .map(([field, column]) => `'${field}', l.${column}`)
  .join(', ');

/** What {@link orderOf} takes, of `orders o`. */
export const ORDER_WITH_LINES = `${aliased(ORDER_COLUMNS, 'o')},
  (select jsonb_agg(jsonb_build_object(${LINE_JSON}) order by l.position) from order_lines l where l.order_id = o.id) as lines`;

/**
 * `seen` is the version that the statement's snapshot has. A lock that had to wait gives the row as it is now, but the
 * lines as they were before the wait: then `seen` is older than `version`.
 */
const SELECT = `select ${ORDER_WITH_LINES}, clock_timestamp() as now,
  (select s.version from orders s where s.id = o.id) as seen from orders o`;

const FIND_BY_ID = `${SELECT} where o.id = $1`;
const FIND_BY_IDS = `${SELECT} where o.id = any ($1::uuid[])`;
const FIND_BY_NUMBER = `${SELECT} where o.order_number = $1`;
const LOCK_BY_ID = `${FIND_BY_ID} for update of o`;
const LOCK_BY_NUMBER = `${FIND_BY_NUMBER} for update of o`;

const LINE_NAMES = Object.values(LINE_COLUMNS)
  .map((column) => `l.${column}`)
  .join(', ');

const WRITE_HISTORY = (param: number): string =>
  `insert into order_history (${names(HISTORY_COLUMNS)})
   select ${names(HISTORY_COLUMNS)} from jsonb_populate_recordset(null::order_history, $${param}::jsonb)`;

const APPEND_FIGURES = (param: number): string =>
  `insert into order_figure_changes (${names(FIGURE_COLUMNS)})
   select ${names(FIGURE_COLUMNS)} from jsonb_populate_recordset(null::order_figure_changes, $${param}::jsonb)`;

const SEARCH_WORDS =
  'order_search_words(o.order_number, o.buyer_email, o.buyer_phone, o.buyer_name, o.gateway_payment_id)';

/** `$1` order, `$2` lines, `$3` history, `$4` events, `$5` the moment after which it must not be written, `$6` figures. */
const INSERT = `with placed as (
    insert into orders (${names(ORDER_COLUMNS)})
    select ${names(ORDER_COLUMNS)} from jsonb_populate_record(null::orders, $1::jsonb) where clock_timestamp() < $5
    on conflict (id) do nothing returning *),
  findable as (
    insert into order_search (order_id, business_id, words)
    select o.id, o.business_id, ${SEARCH_WORDS} from placed o),
  lines as (
    insert into order_lines (order_id, ${names(LINE_COLUMNS)})
    select placed.id, ${LINE_NAMES} from placed, jsonb_populate_recordset(null::order_lines, $2::jsonb) l),
  history as (${WRITE_HISTORY(3)} where exists (select 1 from placed)),
  figured as (${APPEND_FIGURES(6)} where exists (select 1 from placed)),
  appended as (${outboxCte(4, 'placed')})
  select (select v.user_id from verified_emails v where placed.user_id is null and v.email = lower(placed.buyer_email)) as "provedBy"
  from placed`;

/** What may change after placing; the other terms are never written again. */
const CHANGING = [
  'userId',
  'buyerName',
  'buyerEmail',
  'buyerPhone',
  'shippingAddress',
  'notes',
  'paymentMethod',
  'status',
  'paymentStatus',
  'fulfillmentStatus',
  'paymentExpiresAt',
  'failedAttempts',
  'paidAt',
  'paymentId',
  'gatewayPaymentId',
  'refundedPaise',
  'carrier',
  'trackingNumber',
  'trackingUrl',
  'shippedAt',
  'deliveredAt',
  'cancelledAt',
  'cancelledBy',
  'cancelReason',
  'returnedAt',
  'buyerForgottenAt',
  'version',
  'updatedAt',
] as const satisfies readonly (keyof Order)[];

const CHANGING_COLUMNS = CHANGING.map((field) => ORDER_COLUMNS[field]).join(', ');

/** `$1` order, `$2` history, `$3` events, `$4` whether it is found by something else, `$5` figures. */
const UPDATE = `with changed as (
    update orders o set (${CHANGING_COLUMNS}) =
      (select ${CHANGING_COLUMNS} from jsonb_populate_record(null::orders, $1::jsonb))
    where o.id = ($1::jsonb ->> 'id')::uuid returning o.*),
  findable as (
    update order_search s set words = ${SEARCH_WORDS} from changed o where $4 and s.order_id = o.id),
  history as (${WRITE_HISTORY(2)}),
  figured as (${APPEND_FIGURES(5)}),
  appended as (${outboxCte(3)})
  select id from changed`;

const UPDATE_LINES = `update order_lines l set fulfilled_quantity = n.fulfilled_quantity,
    returned_quantity = n.returned_quantity
  from jsonb_populate_recordset(null::order_lines, $1::jsonb) n where l.id = n.id`;

/** What the buyer wrote about it. */
const FORGET_REASONS = `update order_history set reason = null, actor_id = null
  where order_id = $1 and actor_role = 'CUSTOMER'`;

type Sql = Pick<SqlTx, 'query'>;
type ReadRow = OrderRow & { readonly now: Date; readonly seen: number };

/** An order and the database's time, with which its deadlines are compared. */
export interface OrderAsOf {
  readonly order: Order;
  readonly now: Date;
}

async function read(sql: Sql, text: string, ref: string): Promise<OrderAsOf | undefined> {
  const [row] = await sql.query<ReadRow>(text, [ref]);
  if (row === undefined) return undefined;
  const { now, seen, ...order } = row;
  if (seen !== order.version) return read(sql, text, ref);
  return { order: orderOf(order), now };
}

/** @param ref an order id or an order number. */
export function findOrder(sql: Sql, ref: string): Promise<OrderAsOf | undefined> {
  return isUuid(ref) ? read(sql, FIND_BY_ID, ref) : read(sql, FIND_BY_NUMBER, ref.toUpperCase());
}

/** Those of the orders that there are, in no order. */
export async function findOrders(sql: Sql, ids: readonly string[]): Promise<Order[]> {
  return (await sql.query<ReadRow>(FIND_BY_IDS, [ids])).map(({ now: _now, seen: _seen, ...order }) => orderOf(order));
}

/** An order, and nobody else changes it before this transaction ends. */
export function lockOrder(tx: SqlTx, ref: string): Promise<OrderAsOf | undefined> {
  return isUuid(ref) ? read(tx, LOCK_BY_ID, ref) : read(tx, LOCK_BY_NUMBER, ref.toUpperCase());
}

const linesParam = (lines: readonly OrderLine[]): string =>
  JSON.stringify(lines.map((line) => columnsOf(LINE_COLUMNS, line)));

const historyParam = (history: readonly HistoryEntry[]): string =>
  JSON.stringify(history.map((entry) => columnsOf(HISTORY_COLUMNS, entry)));

const figuresParam = (changes: readonly OrderFigures[]): string =>
  JSON.stringify(changes.map((figures) => columnsOf(FIGURE_COLUMNS, figures)));

export interface InsertedOrder {
  /** The account that has proved, since the order was begun, that a guest's address is its own. */
  readonly provedBy: string | null;
}

/** Order, lines, history and events in one statement. Undefined when the deadline has passed or the id is taken. */
export async function insertOrder(
  tx: SqlTx,
  { order, history, events }: OrderChange,
  before: Date,
): Promise<InsertedOrder | undefined> {
  const [inserted] = await tx.query<InsertedOrder>(INSERT, [
    JSON.stringify(columnsOf(ORDER_COLUMNS, order)),
    linesParam(order.lines),
    historyParam(history),
    outboxParam(events),
    before,
    figuresParam(figureChangesOf(null, order)),
  ]);
  tx.afterCommit(() => OutboxRelay.nudge());
  return inserted;
}

/** Writes a change of an order that this transaction has locked. */
async function saveOrder(tx: SqlTx, before: Order, { order, history, events }: OrderChange): Promise<void> {
  if (order === before) return;
  const isForgotten = isAnonymous(order) && !isAnonymous(before);
  await tx.query(UPDATE, [
    JSON.stringify(columnsOf(ORDER_COLUMNS, order)),
    historyParam(history),
    outboxParam(events),
    order.gatewayPaymentId !== before.gatewayPaymentId || isForgotten,
    figuresParam(figureChangesOf(before, order)),
  ]);
  // Also of what comes later: an order that was refunded and never shipped can still be cancelled, with a reason.
  if (isAnonymous(order)) await tx.query(FORGET_REASONS, [order.id]);
  if (order.lines !== before.lines) await tx.query(UPDATE_LINES, [linesParam(order.lines)]);
  if (events.length > 0) tx.afterCommit(() => OutboxRelay.nudge());
}

/** Locks an order, lets `decide` say what becomes of it, and writes that. Undefined where there is no such order. */
export async function changeOrder(
  tx: SqlTx,
  ref: string,
  decide: (order: Order, now: Date) => OrderChange,
): Promise<Order | undefined> {
  const found = await lockOrder(tx, ref);
  if (found === undefined) return undefined;
  const change = decide(found.order, found.now);
  await saveOrder(tx, found.order, change);
  return change.order;
}
