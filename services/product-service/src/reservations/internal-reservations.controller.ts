import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { InternalOnly, Returns } from '@reseller/http';
import { Database } from '@reseller/persistence';
import { ReleaseReservation } from './release-reservation.js';
import {
  releaseBody,
  reservationView,
  reserveBody,
  toReservationView,
  toReservedView,
  type ReleaseBody,
  type ReservationView,
  type ReserveBody,
} from './reservations.schemas.js';
import { ReserveStock } from './reserve-stock.js';

/** What the order service asks for while it places or abandons an order. */
@InternalOnly('order')
@Controller('internal/reservations')
export class InternalReservationsController {
  constructor(
    private readonly database: Database,
    private readonly reserveStock: ReserveStock,
    private readonly releaseReservation: ReleaseReservation,
  ) {}

  @Post()
  @Returns(reservationView, { status: 201, description: 'All items are reserved for the owner' })
  async reserve(@Body({ schema: reserveBody }) body: ReserveBody): Promise<ReservationView> {
    return toReservedView(await this.reserveStock.execute(body));
  }

  @Post('release')
  @HttpCode(200)
  @Returns(reservationView, { description: 'The owner holds nothing any more, and a late reserve will be refused' })
  async release(@Body({ schema: releaseBody }) body: ReleaseBody): Promise<ReservationView> {
    const command = { ...body, isCancelled: false, actor: 'service:order' };
    return toReservationView(await this.database.sqlTransaction((tx) => this.releaseReservation.execute(tx, command)));
  }
}
