import { Inject, Injectable } from '@nestjs/common';
import { OutboxRelay, outboxParam } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, conflict, newId, notFound, type Clock, type DomainError } from '@reseller/runtime';
import { stockLowEvent, type WatchedVariant } from '../stock/stock-low.js';
import { hasSameItems, mergeItems, type Reservation, type ReservationOwner, type StockItem } from './reservation.js';
import { ReservationRepository } from './reservation.repository.js';

/*
 * Reserving is the step that everything depends on when a thousand buyers want the last ten pieces. It is a cheap read
 * that turns away what is plainly sold out without touching a lock, and then one autocommitted statement (no BEGIN and
 * COMMIT round trips, so a hot variant's row is locked for one commit only):
 *
 * - `locked` takes the variants in id order and sees their latest numbers, also after it had to wait;
 * - `verdict` is all or nothing over them, and stays true because the rows are locked;
 * - `taken` writes the locked numbers: Postgres first makes the new row from the version that the statement began with,
 *   and CHECK would refuse one that was sold out then and is not any more;
 * - the rest happens where the verdict is yes. A reservation of the same owner, or its tombstone, that came in between
 *   violates the unique key, which undoes the whole statement.
 *
 * STOCK_LOW rows are prepared by the caller and appended for those variants that crossed their threshold.
 */
const RESERVE = `
with wanted as materialized (
  select * from unnest($4::uuid[], $5::int[]) as w(variant_id, quantity)
), locked as materialized (
  select v.id, w.quantity, v.stock, v.reserved, case when v.is_active and v.deleted_at is null then v.stock - v.reserved else 0 end as available
  from variants v join wanted w on w.variant_id = v.id
  order by v.id for no key update of v
), verdict as materialized (
  select count(*) = cardinality($4::uuid[]) and bool_and(available >= quantity) as is_granted from locked
), taken as (
  update variants v set stock = l.stock, reserved = l.reserved + l.quantity, version = v.version + 1
  from locked l, verdict
  where v.id = l.id and verdict.is_granted
  returning v.id, v.version, v.low_stock_threshold as threshold, v.stock - v.reserved as available, l.available as available_before
), claimed as (
  insert into reservations (id, owner_type, owner_id, status, expires_at)
  select $1::uuid, $2, $3::uuid, 'RESERVED', $7::timestamptz from verdict where is_granted
  returning reserved_at
), lines as (
  insert into reservation_lines (reservation_id, variant_id, quantity)
  select $1::uuid, variant_id, quantity from wanted, verdict where is_granted
), low as (
  insert into outbox (id, aggregate_type, aggregate_id, aggregate_version, type, version, business_id, payload, headers, occurred_at)
  select e.id, e.aggregate_type, e.aggregate_id, t.version, e.type, e.version, e.business_id,
    jsonb_set(jsonb_set(jsonb_set(e.payload, '{data,available}', to_jsonb(t.available)), '{data,threshold}', to_jsonb(t.threshold)),
      '{aggregateVersion}', to_jsonb(t.version)),
    e.headers, e.occurred_at
  from jsonb_to_recordset($6::jsonb) as e(id uuid, aggregate_type text, aggregate_id text, type text, version int,
    business_id uuid, payload jsonb, headers jsonb, occurred_at timestamptz)
  join taken t on t.id::text = e.aggregate_id
  where t.available_before > t.threshold and t.available <= t.threshold
  returning id
)
select l.id as "variantId", l.available, (select reserved_at from claimed) as "reservedAt",
  exists (select 1 from low) as "isLowTold"
from locked l`;

const LOOK = `
select v.id as "variantId", v.product_id as "productId", v.business_id as "businessId", v.sku, v.name as "variantName",
  p.name as "productName", v.low_stock_threshold as "lowStockThreshold",
  case when v.is_active and v.deleted_at is null then v.stock - v.reserved else 0 end as available,
  exists (select 1 from reservations where owner_type = $2 and owner_id = $3::uuid) as "isKnownOwner"
from variants v join products p on p.id = v.product_id
where v.id = any($1::uuid[])`;

interface LookedAt extends WatchedVariant {
  readonly available: number;
  readonly isKnownOwner: boolean;
}

interface Attempt {
  readonly variantId: string;
  readonly available: number;
  readonly reservedAt: Date | null;
  readonly isLowTold: boolean;
}

export interface ReserveCommand extends ReservationOwner {
  readonly items: readonly StockItem[];
  /** As its owner says, for people to see: the order service alone decides when an order expires. Null: it does not. */
  readonly expiresAt: Date | null;
}

/** What the caller learns; the same again when the same owner asks for the same items again. */
export type ReservedStock = Pick<Reservation, 'id' | 'status' | 'reservedAt'> & {
  readonly items: readonly StockItem[];
};

@Injectable()
export class ReserveStock {
  constructor(
    private readonly database: Database,
    private readonly reservations: ReservationRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Promises all items to the owner or none.
   *
   * @throws 409 OUT_OF_STOCK with what is available; 409 RESERVATION_REFUSED when the owner's reservation was given back
   * before or is for other items; 404 VARIANT_NOT_FOUND.
   */
  async execute(command: ReserveCommand): Promise<ReservedStock> {
    const items = mergeItems(command.items);
    const looked = await this.look(command, items);
    if (looked.some(({ isKnownOwner }) => isKnownOwner)) return this.answerAgain(command, items);
    refuseShortage(items, looked);
    try {
      return await this.reserve(command, items, looked);
    } catch (error) {
      if (isOwnerTaken(error)) return this.answerAgain(command, items);
      throw error;
    }
  }

  private async look({ ownerType, ownerId }: ReservationOwner, items: readonly StockItem[]): Promise<LookedAt[]> {
    const ids = items.map(({ variantId }) => variantId);
    const looked = await this.database.query<LookedAt>(LOOK, [ids, ownerType, ownerId]);
    if (looked.length === ids.length) return looked;
    const missing = ids.filter((id) => !looked.some(({ variantId }) => variantId === id));
    throw notFound('VARIANT_NOT_FOUND', 'There is no such variant.', { variantIds: missing });
  }

  private async reserve(
    owner: ReserveCommand,
    items: readonly StockItem[],
    looked: readonly LookedAt[],
  ): Promise<ReservedStock> {
    const id = newId();
    const occurredAt = this.clock.now();
    // What is available, the threshold and the version are only known to the statement, which fills them in.
    const lowStock = looked.map((variant) => stockLowEvent(variant, { available: 0, version: 0, occurredAt }));
    const attempts = await this.database.query<Attempt>(RESERVE, [
      id,
      owner.ownerType,
      owner.ownerId,
      items.map(({ variantId }) => variantId),
      items.map(({ quantity }) => quantity),
      outboxParam(lowStock),
      owner.expiresAt,
    ]);
    const reservedAt = attempts[0]?.reservedAt ?? null;
    if (reservedAt === null) throw outOfStock(items, attempts);
    if (attempts.some(({ isLowTold }) => isLowTold)) OutboxRelay.nudge();
    return { id, status: 'RESERVED', reservedAt, items };
  }

  private async answerAgain(owner: ReserveCommand, items: readonly StockItem[]): Promise<ReservedStock> {
    const found = await this.reservations.find(this.database, owner);
    if (found === undefined) throw new Error('a reservation row vanished, and nothing deletes them');
    if (found.status !== 'RESERVED' && found.status !== 'CONVERTED') {
      throw conflict('RESERVATION_REFUSED', 'This order’s reservation was already given back.', {
        status: found.status,
      });
    }
    if (!hasSameItems(found, items)) {
      throw conflict('RESERVATION_REFUSED', 'This order already holds a reservation for other items.', {
        status: found.status,
      });
    }
    // A try that takes over from one that died counts its window anew.
    if (owner.expiresAt !== null) await this.reservations.extend(this.database, owner, owner.expiresAt);
    return { id: found.id, status: found.status, reservedAt: found.reservedAt, items };
  }
}

function refuseShortage(
  items: readonly StockItem[],
  looked: readonly { variantId: string; available: number }[],
): void {
  const available = new Map(looked.map((variant) => [variant.variantId, variant.available]));
  if (items.some(({ variantId, quantity }) => quantity > (available.get(variantId) ?? 0)))
    throw outOfStock(items, looked);
}

function outOfStock(
  items: readonly StockItem[],
  seen: readonly { variantId: string; available: number }[],
): DomainError {
  const available = new Map(seen.map((variant) => [variant.variantId, variant.available]));
  const short = items
    .map(({ variantId, quantity }) => ({
      variantId,
      requested: quantity,
      available: Math.max(0, available.get(variantId) ?? 0),
    }))
    .filter(({ requested, available: left }) => requested > left);
  return conflict('OUT_OF_STOCK', 'There is not enough stock for this.', { items: short });
}

/** The unique key over the owner, as Postgres reports it. */
function isOwnerTaken(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'constraint' in error &&
    error.constraint === 'reservations_owner_type_owner_id_key'
  );
}
