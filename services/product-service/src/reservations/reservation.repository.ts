import { Injectable } from '@nestjs/common';
import type { Sql, SqlTx } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import type { Reservation, ReservationLine, ReservationOwner } from './reservation.js';

/*
 * Plain SQL, because these rows change in consumers' transactions on the purchase's hot path. The lock order is always
 * reservation first, then its variants by id.
 */
const READ = `
select id, owner_type as "ownerType", owner_id as "ownerId", status, is_cancelled as "isCancelled", is_expired as "isExpired", version,
  reserved_at as "reservedAt"
from reservations where owner_type = $1 and owner_id = $2::uuid`;

const LOCK = `${READ} for update`;

const READ_LINES = `
select variant_id as "variantId", quantity, returned_quantity as "returnedQuantity", restocked_quantity as "restockedQuantity"
from reservation_lines where reservation_id = $1::uuid order by variant_id`;

const SAVE = `
update reservations set status = $2, is_cancelled = $3, is_expired = $5, reason = coalesce($4, reason), version = version + 1, settled_at = now()
where id = $1`;

const SAVE_LINES = `
insert into reservation_lines (reservation_id, variant_id, quantity, returned_quantity, restocked_quantity)
select $1::uuid, l."variantId", l.quantity, l."returnedQuantity", l."restockedQuantity"
from jsonb_to_recordset($2::jsonb) as l("variantId" uuid, quantity int, "returnedQuantity" int, "restockedQuantity" int)
on conflict (reservation_id, variant_id) do update
  set quantity = excluded.quantity, returned_quantity = excluded.returned_quantity, restocked_quantity = excluded.restocked_quantity`;

/** Only ever later, so that what is heard late or twice changes nothing. */
const EXTEND = `
update reservations set expires_at = $3::timestamptz
where owner_type = $1 and owner_id = $2::uuid and status = 'RESERVED' and expires_at < $3::timestamptz`;

@Injectable()
export class ReservationRepository {
  async find(sql: Sql, { ownerType, ownerId }: ReservationOwner): Promise<Reservation | undefined> {
    const [found] = await sql.query<ReservationRow>(READ, [ownerType, ownerId]);
    return found === undefined ? undefined : withLines(sql, found);
  }

  /** The owner's reservation, locked; where there is none a tombstone is left that refuses a late one. */
  async lockOrBury(tx: SqlTx, owner: ReservationOwner): Promise<Reservation> {
    const found = await this.lock(tx, owner);
    if (found !== undefined) return found;
    // Waits for a reserve of the same owner that is under way; if that one commits, nothing is inserted and it is read.
    await tx.query(
      `insert into reservations (id, owner_type, owner_id, status, settled_at) values ($1, $2, $3, 'TOMBSTONE', now())
       on conflict (owner_type, owner_id) do nothing`,
      [newId(), owner.ownerType, owner.ownerId],
    );
    const buried = await this.lock(tx, owner);
    if (buried === undefined) throw new Error('a reservation row vanished, and nothing deletes them');
    return buried;
  }

  /** Lines are written only where they differ from `before`: most changes are of the status alone. */
  async save(tx: SqlTx, before: Reservation, after: Reservation, reason: string | null): Promise<void> {
    await tx.query(SAVE, [after.id, after.status, after.isCancelled, reason, after.isExpired]);
    const changed = after.lines.filter((line) => !before.lines.some((old) => isSameLine(old, line)));
    if (changed.length > 0) await tx.query(SAVE_LINES, [after.id, JSON.stringify(changed)]);
  }

  /** Its owner waits longer for the payment; one that is settled, or waits for none, stays as it is. */
  async extend(sql: Sql, { ownerType, ownerId }: ReservationOwner, expiresAt: Date): Promise<void> {
    await sql.query(EXTEND, [ownerType, ownerId, expiresAt]);
  }

  /** The lines are read after the lock is held: read in the same statement, they could be older than the row. */
  private async lock(tx: SqlTx, { ownerType, ownerId }: ReservationOwner): Promise<Reservation | undefined> {
    const [locked] = await tx.query<ReservationRow>(LOCK, [ownerType, ownerId]);
    return locked === undefined ? undefined : withLines(tx, locked);
  }
}

type ReservationRow = Omit<Reservation, 'lines'>;

async function withLines(sql: Sql, row: ReservationRow): Promise<Reservation> {
  return { ...row, lines: await sql.query<ReservationLine>(READ_LINES, [row.id]) };
}

function isSameLine(left: ReservationLine, right: ReservationLine): boolean {
  return (
    left.variantId === right.variantId &&
    left.quantity === right.quantity &&
    left.returnedQuantity === right.returnedQuantity &&
    left.restockedQuantity === right.restockedQuantity
  );
}
