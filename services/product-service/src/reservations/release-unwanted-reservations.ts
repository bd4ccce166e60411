import { Inject, Injectable } from '@nestjs/common';
import { DEFAULT_BUSINESS_ID, eventOf, StockReservationExpired } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, DomainError, LOGGER, type Clock, type Logger } from '@reseller/runtime';
import { OrderClient, type ReservationVerdict } from '../clients/order.client.js';
import { CONFIG, type ProductServiceConfig } from '../product-service.config.js';
import { ReleaseReservation } from './release-reservation.js';
import type { Reservation } from './reservation.js';
import { ReservationRepository } from './reservation.repository.js';

/*
 * The safety net under the order service, which alone expires orders: it finds reservations that have been live for
 * longer than any payment window, asks the order service about them and gives back only those that it does not know or
 * has cancelled. No answer means wait: a slow service must not make us sell stock that somebody has paid for.
 *
 * Rows are leased before the call (`next_check_at`), so that instances share the work and none holds a lock meanwhile.
 */
const BATCH = 200;
const LEASE_SECONDS = 60;
/** An order is inserted at most 60 s after its reservation; what is unknown later than this never was one. */
const UNKNOWN_AFTER_SECONDS = 120;

const LEASE = `
update reservations set next_check_at = now() + make_interval(secs => $3)
where id = any (array(
  select id from reservations
  where status = 'RESERVED' and owner_type = 'ORDER' and reserved_at < now() - make_interval(mins => $1)
    and (next_check_at is null or next_check_at < now())
  order by reserved_at limit $2 for update skip locked))
returning owner_id as "orderId", reserved_at < now() - make_interval(secs => $4) as "isOldEnough"`;

const BUSINESS_OF = `
select v.business_id as "businessId" from reservation_lines l join variants v on v.id = l.variant_id
where l.reservation_id = $1::uuid order by l.variant_id limit 1`;

interface Leased {
  readonly orderId: string;
  readonly isOldEnough: boolean;
}

@Injectable()
export class ReleaseUnwantedReservations {
  constructor(
    private readonly database: Database,
    private readonly orders: OrderClient,
    private readonly reservations: ReservationRepository,
    private readonly releaseReservation: ReleaseReservation,
    @Inject(CONFIG) private readonly config: Pick<ProductServiceConfig, 'RESERVATION_NET_MINUTES'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @returns how many reservations were given back */
  async execute(): Promise<number> {
    const params = [this.config.RESERVATION_NET_MINUTES, BATCH, LEASE_SECONDS, UNKNOWN_AFTER_SECONDS];
    const leased = await this.database.query<Leased>(LEASE, params);
    if (leased.length === 0) return 0;
    const verdict = await this.ask(leased.map(({ orderId }) => orderId));
    if (verdict === undefined) return 0;
    const unknown = new Set(verdict.unknown);
    const cancelled = new Set(verdict.cancelled);
    let released = 0;
    for (const { orderId, isOldEnough } of leased) {
      const isUnwanted = cancelled.has(orderId) || (unknown.has(orderId) && isOldEnough);
      if (isUnwanted && (await this.giveBack(orderId, cancelled.has(orderId)))) released += 1;
    }
    if (released > 0) this.logger.warn({ released }, 'reservations that no order wanted were given back');
    return released;
  }

  private async ask(orderIds: readonly string[]): Promise<ReservationVerdict | undefined> {
    try {
      return await this.orders.wantedReservations(orderIds);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.logger.warn(
        { err: error, waiting: orderIds.length },
        'the order service cannot be asked, reservations wait',
      );
      return undefined;
    }
  }

  /** One reservation per transaction. What was paid or given back since the question is left alone. */
  private giveBack(orderId: string, isCancelled: boolean): Promise<boolean> {
    const owner = { ownerType: 'ORDER', ownerId: orderId } as const;
    return this.database.sqlTransaction(async (tx) => {
      const before = await this.reservations.lockOrBury(tx, owner);
      if (before.status !== 'RESERVED') return false;
      const reason = isCancelled ? 'ORDER_CANCELLED' : 'ORDER_UNKNOWN';
      await this.releaseReservation.execute(tx, {
        ...owner,
        reason,
        isCancelled,
        isExpired: true,
        actor: 'job:reservation-net',
      });
      const [variant] = await tx.query<{ businessId: string }>(BUSINESS_OF, [before.id]);
      await appendToOutbox(tx, [this.expired(before, variant?.businessId ?? DEFAULT_BUSINESS_ID)]);
      return true;
    });
  }

  private expired({ id, version, ownerId, lines }: Reservation, businessId: string) {
    return eventOf(StockReservationExpired, {
      aggregateId: id,
      aggregateVersion: version + 1n,
      businessId,
      occurredAt: this.clock.now(),
      data: { orderId: ownerId, items: lines.map(({ variantId, quantity }) => ({ variantId, quantity })) },
    });
  }
}
