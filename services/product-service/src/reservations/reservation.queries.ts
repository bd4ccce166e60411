import { Injectable } from '@nestjs/common';
import { boundedTotal, COUNTED_MAX, type Page, type PageRequest } from '@reseller/http';
import { Database } from '@reseller/persistence';

/**
 * What became of a reservation, in people's words. `ACTIVE` and `OVERDUE` hold pieces, the latter past its time;
 * `RELEASED` by a person, `EXPIRED` because nobody paid.
 */
export const RECORD_STATUSES = [
  'ACTIVE',
  'OVERDUE',
  'CONVERTED',
  'RELEASED',
  'EXPIRED',
  'RESTOCKED',
  'FAILED',
] as const;
export type RecordStatus = (typeof RECORD_STATUSES)[number];

export interface ReservationRecord {
  readonly reservationId: string;
  readonly orderId: string;
  readonly productId: string;
  readonly variantId: string;
  readonly productName: string;
  readonly variantName: string | null;
  readonly sku: string;
  readonly quantity: number;
  readonly restockedQuantity: number;
  readonly status: RecordStatus;
  readonly reason: string | null;
  readonly reservedAt: Date;
  readonly expiresAt: Date | null;
  readonly settledAt: Date | null;
}

export interface ReservationPage extends Page<ReservationRecord> {
  /** There are more than `total`. */
  readonly totalIsLowerBound: boolean;
}

export interface ReservationFilter {
  readonly status: RecordStatus | null;
  readonly orderId: string | null;
  readonly variantId: string | null;
  readonly productId: string | null;
  readonly businessId: string | null;
}

const CONDITION_OF: Readonly<Record<RecordStatus, string>> = {
  ACTIVE: "r.status = 'RESERVED' and (r.expires_at is null or r.expires_at > now())",
  OVERDUE: "r.status = 'RESERVED' and r.expires_at <= now()",
  CONVERTED: "r.status = 'CONVERTED'",
  RELEASED: "r.status = 'RELEASED' and not r.is_expired",
  EXPIRED: "r.status = 'RELEASED' and r.is_expired",
  RESTOCKED: "r.status = 'RESTOCKED'",
  FAILED: "r.status = 'CONVERSION_FAILED'",
};

const STATUS = `case ${RECORD_STATUSES.map((word) => `when ${CONDITION_OF[word]} then '${word}'`).join(' ')} end`;

const RECORD = `r.id as "reservationId", r.owner_id as "orderId", v.product_id as "productId", v.id as "variantId",
  p.name as "productName", v.name as "variantName", v.sku, l.quantity, l.restocked_quantity as "restockedQuantity",
  ${STATUS} as status, r.reason, r.reserved_at as "reservedAt", r.expires_at as "expiresAt", r.settled_at as "settledAt"`;

const FROM = `from reservation_lines l join reservations r on r.id = l.reservation_id
  join variants v on v.id = l.variant_id join products p on p.id = v.product_id`;

/** A tombstone holds nothing and is no record; once a return is told of early it has lines, and is none either. */
const RECORDS = `${FROM} where r.status <> 'TOMBSTONE'
  and ($1::uuid is null or v.business_id = $1::uuid)
  and ($2::uuid is null or (r.owner_type = 'ORDER' and r.owner_id = $2::uuid))
  and ($3::uuid is null or l.variant_id = $3::uuid)
  and ($4::uuid is null or v.product_id = $4::uuid)`;

@Injectable()
export class ReservationQueries {
  constructor(private readonly database: Database) {}

  async list(filter: ReservationFilter, page: PageRequest<'reservedAt'>): Promise<ReservationPage> {
    const { skip, take, sort } = page;
    const params = [filter.businessId, filter.orderId, filter.variantId, filter.productId];
    const from = filter.status === null ? RECORDS : `${RECORDS} and ${CONDITION_OF[filter.status]}`;
    // Ids are UUIDv7 and grow with time; the primary key of the lines gives them in that order.
    const direction = sort.descending ? 'desc' : 'asc';
    const [data, [count]] = await Promise.all([
      this.database.query<ReservationRecord>(
        `select ${RECORD} ${from} order by l.reservation_id ${direction}, l.variant_id ${direction} limit $5 offset $6`,
        [...params, take, skip],
      ),
      this.database.query<{ counted: bigint }>(
        `select count(*) as counted from (select 1 ${from} limit ${COUNTED_MAX + 1}) found`,
        params,
      ),
    ]);
    return { data, ...boundedTotal(count?.counted ?? 0n), skip, take };
  }

  /** The records of one reservation that the administrator may see. */
  byId(id: string, businessId: string | null): Promise<ReservationRecord[]> {
    return this.database.query<ReservationRecord>(
      `select ${RECORD} ${FROM} where r.status <> 'TOMBSTONE' and r.id = $1::uuid
         and ($2::uuid is null or v.business_id = $2::uuid) order by l.variant_id`,
      [id, businessId],
    );
  }
}
