import { Inject, Injectable } from '@nestjs/common';
import type { DomainEvent } from '@reseller/contracts';
import { outboxCte, outboxParam } from '@reseller/messaging';
import type { Sql, SqlTx } from '@reseller/persistence';
import { CONFIG, type WalletServiceConfig } from '../wallet-service.config.js';
import { totalOf, type CommissionFacts, type CommissionPosition } from './commission.js';

/** What an event says about an order; absent: it says nothing about that. Times are ISO 8601. */
export interface CommissionFact {
  readonly lockedAt?: string;
  readonly deliveredAt?: string;
  readonly cancelledAt?: string;
  readonly refundedTotalPaise?: bigint;
}

/** The part of an order's snapshot that every event carries alike. */
export interface CommissionedOrder {
  readonly orderId: string;
  readonly orderNumber: string;
  readonly businessId: string;
  readonly sellerId: string;
  readonly commissionPaise: bigint;
  readonly orderTotalPaise: bigint;
}

/** The locked row of one order: its facts and what has been posted. */
export interface Commission extends CommissionedOrder {
  readonly facts: CommissionFacts;
  readonly posted: CommissionPosition;
  readonly postings: number;
  readonly hasWallet: boolean;
}

interface CommissionRow extends Omit<CommissionFacts, 'commissionPaise' | 'orderTotalPaise'>, CommissionedOrder {
  readonly postedPendingPaise: bigint;
  readonly postedAvailablePaise: bigint;
  readonly postings: number;
  readonly hasWallet: boolean;
}

const ROW = `order_id as "orderId", order_number as "orderNumber", business_id as "businessId", seller_id as "sellerId",
  commission_paise as "commissionPaise", order_total_paise as "orderTotalPaise", locked_at is not null as "isLocked",
  unlocked_at is not null as "isUnlocked", cancelled_at is not null as "isCancelled", refunded_paise as "refundedPaise",
  posted_pending_paise as "postedPendingPaise", posted_available_paise as "postedAvailablePaise", postings,
  exists (select 1 from wallets where wallets.seller_id = commission.seller_id) as "hasWallet"`;

// One statement sets the fact and locks the row, so that a handler costs no extra round trip for reading. A fact once set
// stays as it is, and refunds only grow: events may come again and in any order. The hold is counted from delivery by
// the database's clock, and never from a delivery that another machine's clock puts into the future.
const RECORD = `
with fact as (
  select delivered_at, case when delivered_at is not null
    then least(delivered_at, now()) + make_interval(days => $10) end as unlocks_at
  from (select $9::timestamptz as delivered_at) said
)
insert into commissions as commission (
  order_id, order_number, business_id, seller_id, commission_paise, order_total_paise, locked_at, cancelled_at,
  delivered_at, unlocks_at, unlocked_at, refunded_paise)
select $1, $2, $3, $4, $5, $6, $7, $8, delivered_at, unlocks_at, case when unlocks_at <= now() then now() end, $11
from fact
on conflict (order_id) do update set
  locked_at = coalesce(commission.locked_at, excluded.locked_at),
  cancelled_at = coalesce(commission.cancelled_at, excluded.cancelled_at),
  delivered_at = coalesce(commission.delivered_at, excluded.delivered_at),
  unlocks_at = coalesce(commission.unlocks_at, excluded.unlocks_at),
  unlocked_at = coalesce(commission.unlocked_at, excluded.unlocked_at),
  refunded_paise = greatest(commission.refunded_paise, excluded.refunded_paise),
  updated_at = now()
returning ${ROW}`;

const DUE = `select order_id as "orderId" from commissions where unlocked_at is null and unlocks_at <= now()
  order by unlocks_at limit $1`;

// Another instance may be at the same row: it is skipped here, and no longer due afterwards.
const UNLOCK = `
update commissions commission set unlocked_at = now(), updated_at = now()
where order_id = (
  select order_id from commissions where order_id = $1 and unlocked_at is null and unlocks_at <= now()
  for update skip locked)
returning ${ROW}`;

const SETTLE = `
with settled as (
  update commissions set posted_pending_paise = $2, posted_available_paise = $3, postings = $4, updated_at = now()
  where order_id = $1 returning seller_id
), earned as (
  update wallets set total_earnings_paise = total_earnings_paise + $5, updated_at = now()
  where seller_id = (select seller_id from settled) and $5 <> 0
), appended as (${outboxCte(6)})
select seller_id from settled`;

@Injectable()
export class CommissionRepository {
  constructor(@Inject(CONFIG) private readonly config: WalletServiceConfig) {}

  /** Sets what the event says and returns the order's row, locked until the transaction ends. */
  async record(tx: SqlTx, order: CommissionedOrder, fact: CommissionFact): Promise<Commission> {
    const [row] = await tx.query<CommissionRow>(RECORD, [
      order.orderId,
      order.orderNumber,
      order.businessId,
      order.sellerId,
      order.commissionPaise,
      order.orderTotalPaise,
      fact.lockedAt ?? null,
      fact.cancelledAt ?? null,
      fact.deliveredAt ?? null,
      this.config.COMMISSION_HOLD_DAYS,
      fact.refundedTotalPaise ?? 0n,
    ]);
    if (row === undefined) throw new Error('an upsert returned no row');
    return commissionOf(row);
  }

  /** Orders whose hold has ended and that nobody has unlocked yet, the longest waiting first. */
  async due(sql: Sql, limit: number): Promise<string[]> {
    const rows = await sql.query<{ orderId: string }>(DUE, [limit]);
    return rows.map(({ orderId }) => orderId);
  }

  /** Marks the hold as ended and returns the locked row; undefined when another instance has or is doing it. */
  async unlock(tx: SqlTx, orderId: string): Promise<Commission | undefined> {
    const [row] = await tx.query<CommissionRow>(UNLOCK, [orderId]);
    return row === undefined ? undefined : commissionOf(row);
  }

  /** Writes down what has been posted, what the seller has earned in all, and the events, in one statement. */
  async settle(
    tx: SqlTx,
    commission: Commission,
    position: CommissionPosition,
    events: readonly DomainEvent[],
  ): Promise<void> {
    await tx.query(SETTLE, [
      commission.orderId,
      position.pendingPaise,
      position.availablePaise,
      commission.postings + events.length,
      totalOf(position) - totalOf(commission.posted),
      outboxParam(events),
    ]);
  }
}

function commissionOf(row: CommissionRow): Commission {
  return {
    orderId: row.orderId,
    orderNumber: row.orderNumber,
    businessId: row.businessId,
    sellerId: row.sellerId,
    commissionPaise: row.commissionPaise,
    orderTotalPaise: row.orderTotalPaise,
    facts: row,
    posted: { pendingPaise: row.postedPendingPaise, availablePaise: row.postedAvailablePaise },
    postings: row.postings,
    hasWallet: row.hasWallet,
  };
}
