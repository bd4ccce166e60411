// What must hold whatever fails: each service's own statements, and what only several databases together can tell.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { root, servicesWithDatabase } from './repo.mjs';

const pageSize = 5_000;
const shownRows = 5;

/**
 * @typedef {{ service: string, rule: string, rows: object[] }} Violation
 * @param {{ urlOf: (service: string) => string, settleMs?: number }} options `urlOf` names a service's database; events that
 *   are under way get `settleMs` to arrive before a difference counts
 * @returns {Promise<{ rules: number, orders: number, violations: Violation[] }>}
 */
export async function verifyInvariants({ urlOf, settleMs = 10_000 }) {
  const databases = new Map();
  const query = async (service, text, params) => {
    if (!databases.has(service)) databases.set(service, new pg.Pool({ connectionString: urlOf(service), max: 2 }));
    return (await databases.get(service).query(text, params)).rows;
  };
  try {
    const deadline = Date.now() + settleMs;
    for (;;) {
      const result = await checkOnce(query);
      if (result.violations.length === 0 || Date.now() > deadline) return result;
      await delay(250);
    }
  } finally {
    await Promise.all([...databases.values()].map((pool) => pool.end()));
  }
}

async function checkOnce(query) {
  const own = await ownRules();
  const violations = [];
  for (const { service, name, sql } of own) {
    const rows = await query(service, sql);
    if (rows.length > 0) violations.push({ service, rule: name, rows: rows.slice(0, shownRows) });
  }
  const across = await compareOrders(query);
  for (const [rule, rows] of across.broken)
    violations.push({ service: 'platform', rule, rows: rows.slice(0, shownRows) });
  return { rules: own.length + acrossRules.length, orders: across.orders, violations };
}

/** Every exported list whose name ends in _INVARIANTS, in every service's files that end in -invariants. */
async function ownRules() {
  const rules = [];
  for (const service of servicesWithDatabase()) {
    const dist = path.join(root, service.dir, 'dist');
    const files = readdirSync(dist, { recursive: true }).filter((file) => file.endsWith('-invariants.js'));
    for (const file of files) {
      const module_ = await import(pathToFileURL(path.join(dist, file)).href);
      for (const [name, list] of Object.entries(module_))
        if (name.endsWith('_INVARIANTS')) rules.push(...list.map((rule) => ({ service: service.name, ...rule })));
    }
  }
  return rules;
}

const amount = (value) => BigInt(value ?? 0);
const sold = new Set(['CONFIRMED', 'PAID', 'PROCESSING', 'SHIPPED', 'DELIVERED']);

/** Each is given one order with what the other services hold of it, and says what is wrong, or nothing. */
const acrossRules = [
  {
    name: 'a paid order has exactly one settling payment, of its amount',
    check: ({ order, payments }) => {
      if (order.paid_at === null) return undefined;
      const settling = payments.filter((payment) => payment.settles);
      const fits =
        settling.length === 1 &&
        settling[0].id === order.payment_id &&
        amount(settling[0].captured_paise) === amount(order.total_paise);
      return fits ? undefined : { settling: settling.map(({ id, captured_paise }) => ({ id, captured_paise })) };
    },
  },
  {
    name: 'money that settles an order is known to the order, or goes back',
    check: ({ order, payments }) => {
      const kept = payments.find(
        (payment) => payment.settles && amount(payment.captured_paise) > amount(payment.refund_committed_paise),
      );
      return kept === undefined || order.paid_at !== null || order.status === 'CANCELLED'
        ? undefined
        : { payment: kept.id };
    },
  },
  {
    name: 'a sold order has a converted reservation',
    check: ({ order, reservation }) => {
      const isSold = sold.has(order.status);
      return !isSold || reservation?.status === 'CONVERTED'
        ? undefined
        : { reservation: reservation?.status ?? 'none' };
    },
  },
  {
    name: 'a waiting order has its stock reserved',
    check: ({ order, reservation }) =>
      order.status !== 'PENDING' || ['RESERVED', 'CONVERTED'].includes(reservation?.status)
        ? undefined
        : { reservation: reservation?.status ?? 'none' },
  },
  {
    name: 'a cancelled order holds no stock',
    check: ({ order, reservation }) =>
      order.status === 'CANCELLED' && ['RESERVED', 'CONVERTED'].includes(reservation?.status)
        ? { reservation: reservation.status }
        : undefined,
  },
  {
    name: 'a cancelled order keeps no money that is not on its way back',
    check: ({ order, payments }) => {
      if (order.status !== 'CANCELLED') return undefined;
      const kept = payments.filter(
        (payment) => amount(payment.captured_paise) > amount(payment.refund_committed_paise),
      );
      return kept.length === 0 ? undefined : { kept: kept.map(({ id, captured_paise }) => ({ id, captured_paise })) };
    },
  },
  {
    name: 'order and payment agree on what was refunded',
    check: ({ order, payments }) => {
      const settling = payments.find((payment) => payment.settles);
      // What bounced is owed again, and stays counted by who was told of it.
      const refunded = amount(settling?.refunded_paise) + amount(settling?.bounced_paise);
      return refunded === amount(order.refunded_paise)
        ? undefined
        : { payment: String(refunded), order: order.refunded_paise };
    },
  },
  {
    name: 'commission is posted for every paid order that earns one, of the order’s amount',
    check: ({ order, commission, payments }) => {
      const earns = order.seller_id !== null && amount(order.commission_paise) > 0n;
      const isSettled = payments.some((payment) => payment.settles);
      if (!earns || !isSettled) return undefined;
      const fits =
        commission?.locked_at !== null && amount(commission?.commission_paise) === amount(order.commission_paise);
      return commission !== undefined && fits ? undefined : { commission: commission ?? 'none' };
    },
  },
  {
    name: 'the wallet knows of the same cancellation and refund as the order',
    check: ({ order, commission }) => {
      if (commission === undefined) return undefined;
      const cancelled = (order.status === 'CANCELLED') === (commission.cancelled_at !== null);
      const refunded = amount(order.refunded_paise) === amount(commission.refunded_paise);
      return cancelled && refunded ? undefined : { order: order.status, commission };
    },
  },
  {
    name: 'the figures of customers know of the same payment and refund as the order',
    check: ({ order, customerFacts }) => {
      if (order.paid_at === null) return undefined;
      // Money that came after the cancellation goes back, and nobody is told that the order was paid.
      const knows = (customerFacts?.paid_at ?? null) !== null;
      const fits =
        knows !== order.was_cancelled_first && amount(customerFacts?.refunded_paise) === amount(order.refunded_paise);
      return fits ? undefined : { refunded: order.refunded_paise, customerFacts: customerFacts ?? 'none' };
    },
  },
  {
    name: 'an order names the customer in whose figures it counts',
    check: ({ order, customerFacts }) => {
      const counted = customerFacts?.customer_id ?? null;
      return counted === null || counted === order.customer_id ? undefined : { named: order.customer_id, counted };
    },
  },
];

const ORDERS = `
  select o.*, exists (
    select 1 from order_history c join order_history p on p.order_id = c.order_id and p.what = 'PAID'
    where c.order_id = o.id and c.what = 'CANCELLED' and c.version < p.version) as was_cancelled_first
  from orders o where o.id > $1 order by o.id limit ${pageSize}`;

async function compareOrders(query) {
  const broken = new Map();
  let after = '00000000-0000-0000-0000-000000000000';
  let orders = 0;
  for (;;) {
    const page = await query('order', ORDERS, [after]);
    if (page.length === 0) return { orders, broken };
    orders += page.length;
    after = page.at(-1).id;
    const facts = await factsOf(query, page);
    for (const order of page)
      for (const { name, check } of acrossRules) {
        const wrong = check({ order, ...facts(order.id) });
        if (wrong === undefined) continue;
        const rows = broken.get(name) ?? [];
        rows.push({ orderId: order.id, orderNumber: order.order_number, status: order.status, ...wrong });
        broken.set(name, rows);
      }
  }
}

async function factsOf(query, orders) {
  const ids = [orders.map(({ id }) => id)];
  const [payments, reservations, commissions, customerFacts] = await Promise.all([
    query('payment', 'select * from payments where subject_id = any($1::uuid[])', ids),
    query('product', `select * from reservations where owner_type = 'ORDER' and owner_id = any($1::uuid[])`, ids),
    query('wallet', 'select * from commissions where order_id = any($1::uuid[])', ids),
    query('auth', 'select * from customer_order_facts where order_id = any($1::uuid[])', ids),
  ]);
  const paymentsOf = groupBy(payments, 'subject_id');
  const reservationOf = new Map(reservations.map((row) => [row.owner_id, row]));
  const commissionOf = new Map(commissions.map((row) => [row.order_id, row]));
  const customerFactsOf = new Map(customerFacts.map((row) => [row.order_id, row]));
  return (id) => ({
    payments: paymentsOf.get(id) ?? [],
    reservation: reservationOf.get(id),
    commission: commissionOf.get(id),
    customerFacts: customerFactsOf.get(id),
  });
}

/** Map.groupBy for Node 20. */
function groupBy(rows, key) {
  const groups = new Map();
  for (const row of rows) groups.set(row[key], [...(groups.get(row[key]) ?? []), row]);
  return groups;
}
