import { Controller, Get, Param, Query } from '@nestjs/common';
import { boundedPageOf, Caller, Returns, Roles, toPage, uuid } from '@reseller/http';
import type { Identity } from '@reseller/http';
import { notFound } from '@reseller/runtime';
import { ReservationQueries } from './reservation.queries.js';
import {
  reservationRecordView,
  reservationsQuery,
  reservationDetailView,
  toReservationDetailView,
  toReservationRecordView,
  type ReservationDetailView,
  type ReservationsQuery,
} from './reservations.schemas.js';

const reservationsPage = boundedPageOf(reservationRecordView);

/** What is promised to which order, and what became of it. */
@Controller('reservations')
@Roles('ADMIN')
export class ReservationsController {
  constructor(private readonly reservations: ReservationQueries) {}

  @Get()
  @Returns(reservationsPage, { description: 'A record per order and variant, newest first' })
  async list(@Query({ schema: reservationsQuery }) query: ReservationsQuery, @Caller() { businessId }: Identity) {
    const { status = null, orderId = null, variantId = null, productId = null } = query;
    const page = await this.reservations.list({ status, orderId, variantId, productId, businessId }, toPage(query));
    return { ...page, data: page.data.map(toReservationRecordView) };
  }

  @Get(':id')
  @Returns(reservationDetailView)
  async byId(@Param('id', { schema: uuid() }) id: string, @Caller() caller: Identity): Promise<ReservationDetailView> {
    const records = await this.reservations.byId(id, caller.businessId);
    const [first, ...others] = records;
    if (first === undefined) throw notFound('RESERVATION_NOT_FOUND', 'There is no such reservation.');
    return toReservationDetailView([first, ...others]);
  }
}
