import { OutboxRelay, outboxCte, outboxParam } from '@reseller/messaging';
import type { SqlTx } from '@reseller/persistence';
import type { OrderChange } from './order-change.js';
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

const aliased = (columns: Readonly<Record<string, string>>, table: string): string =>
  Object.entries(columns)
    .map(([field, column]) => `${table}.${column} as "${field}"`)
    .join(', ');

const names = (columns: Readonly<Record<string, string>>): string => Object.values(columns).join(', ');

const LINE_JSON = Object.entries(LINE_COLUMNS)
  .map(([field, column]) => `'${field}', l.${column}`)
  .join(', ');

/**
 * `seen` is the version that the statement's snapshot has. A lock that had to wait gives the row as it is now, but the
 * lines as they were before the wait: then `seen` is older than `version`.
 */
const SELECT = `select ${aliased(ORDER_COLUMNS, 'o')}, clock_timestamp() as now,
  (select s.version from orders s where s.id = o.id) as seen,
  (select jsonb_agg(jsonb_build_object(${LINE_JSON}) order by l.position) from order_lines l where l.order_id = o.id) as lines
  from orders o`;

const FIND_BY_ID = `${SELECT} where o.id = $1`;
const FIND_BY_NUMBER = `${SELECT} where o.order_number = $1`;
const LOCK_BY_ID = `${FIND_BY_ID} for update of o`;
const LOCK_BY_NUMBER = `${FIND_BY_NUMBER} for update of o`;

const LINE_NAMES = Object.values(LINE_COLUMNS)
  .map((column) => `l.${column}`)
  .join(', ');

const WRITE_HISTORY = (param: number): string =>
  `insert into order_history (${names(HISTORY_COLUMNS)})
   select ${names(HISTORY_COLUMNS)} from jsonb_populate_recordset(null::order_history, $${param}::jsonb)`;

/** `$1` order, `$2` lines, `$3` history, `$4` events, `$5` the moment after which the order must not be written. */
const INSERT = `with placed as (
    insert into orders (${names(ORDER_COLUMNS)})
    select ${names(ORDER_COLUMNS)} from jsonb_populate_record(null::orders, $1::jsonb) where clock_timestamp() < $5
    on conflict (id) do nothing returning id),
  lines as (
    insert into order_lines (order_id, ${names(LINE_COLUMNS)})
    select placed.id, ${LINE_NAMES} from placed, jsonb_populate_recordset(null::order_lines, $2::jsonb) l),
  history as (${WRITE_HISTORY(3)} where exists (select 1 from placed)),
  appended as (${outboxCte(4, 'placed')})
  select id from placed`;

/** What may change after placing; the other terms are never written again. */
const CHANGING = [
  'userId',
  'paymentMethod',
  'status',
  'paymentStatus',
  'fulfillmentStatus',
  'paymentExpiresAt',
  'failedAttempts',
  'paidAt',
  'paymentId',
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
  'version',
  'updatedAt',
] as const satisfies readonly (keyof Order)[];

const CHANGING_COLUMNS = CHANGING.map((field) => ORDER_COLUMNS[field]).join(', ');

/** `$1` order, `$2` history, `$3` events. */
const UPDATE = `with changed as (
    update orders o set (${CHANGING_COLUMNS}) =
      (select ${CHANGING_COLUMNS} from jsonb_populate_record(null::orders, $1::jsonb))
    where o.id = ($1::jsonb ->> 'id')::uuid returning o.id),
  history as (${WRITE_HISTORY(2)}),
  appended as (${outboxCte(3)})
  select id from changed`;

const UPDATE_LINES = `update order_lines l set fulfilled_quantity = n.fulfilled_quantity,
    returned_quantity = n.returned_quantity, refunded_quantity = n.refunded_quantity
  from jsonb_populate_recordset(null::order_lines, $1::jsonb) n where l.id = n.id`;

type Sql = Pick<SqlTx, 'query'>;
type ReadRow = OrderRow & { readonly now: Date; readonly seen: number };

/** An order and the database's time, with which its deadlines are compared. */
export interface OrderAsOf {
  readonly order: Order;
  readonly now: Date;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function read(sql: Sql, text: string, ref: string): Promise<OrderAsOf | undefined> {
  const [row] = await sql.query<ReadRow>(text, [ref]);
  if (row === undefined) return undefined;
  const { now, seen, ...order } = row;
  if (seen !== order.version) return read(sql, text, ref);
  return { order: orderOf(order), now };
}

/** @param ref an order id or an order number. */
export function findOrder(sql: Sql, ref: string): Promise<OrderAsOf | undefined> {
  return UUID.test(ref) ? read(sql, FIND_BY_ID, ref) : read(sql, FIND_BY_NUMBER, ref.toUpperCase());
}

/** The same, and nobody else changes it before this transaction ends. */
export function lockOrder(tx: SqlTx, ref: string): Promise<OrderAsOf | undefined> {
  return UUID.test(ref) ? read(tx, LOCK_BY_ID, ref) : read(tx, LOCK_BY_NUMBER, ref.toUpperCase());
}

const linesParam = (lines: readonly OrderLine[]): string =>
  JSON.stringify(lines.map((line) => columnsOf(LINE_COLUMNS, line)));

const historyParam = (history: readonly HistoryEntry[]): string =>
  JSON.stringify(history.map((entry) => columnsOf(HISTORY_COLUMNS, entry)));

/** Order, lines, history and events in one statement. False when the deadline has passed or the id is taken. */
export async function insertOrder(tx: SqlTx, { order, history, events }: OrderChange, before: Date): Promise<boolean> {
  const placed = await tx.query(INSERT, [
    JSON.stringify(columnsOf(ORDER_COLUMNS, order)),
    linesParam(order.lines),
    historyParam(history),
    outboxParam(events),
    before,
  ]);
  tx.afterCommit(() => OutboxRelay.nudge());
  return placed.length === 1;
}

/** Writes a change of an order that this transaction has locked. */
export async function saveOrder(tx: SqlTx, before: Order, { order, history, events }: OrderChange): Promise<void> {
  if (order === before) return;
  await tx.query(UPDATE, [JSON.stringify(columnsOf(ORDER_COLUMNS, order)), historyParam(history), outboxParam(events)]);
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
