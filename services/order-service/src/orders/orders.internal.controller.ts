import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
import { InternalOnly, orderRef, Returns, uuid } from '@reseller/http';
import { Database } from '@reseller/persistence';
import { z } from 'zod';
import { orderNotFound } from './order-access.js';
import { OrderTokens } from './order-token.js';
import { findOrder } from './order.repository.js';
import { payableOf, payableView } from './payable.js';
import { WantedReservationsQuery } from './wanted-reservations.js';

const ORDERS_MAX = 1_000;
const token = () => z.string().max(200).optional();
const payableQuery = z.strictObject({ orderToken: token() });
const wantedBody = z.strictObject({ orderIds: z.array(uuid()).max(ORDERS_MAX) });
const ids = () => z.array(z.uuid());
const wantedView = z.object({ wanted: ids(), unknown: ids(), cancelled: ids(), converted: ids() });

/** What other services may ask about orders. */
@Controller('internal/orders')
export class InternalOrdersController {
  constructor(
    private readonly database: Database,
    private readonly tokens: OrderTokens,
    private readonly reservations: WantedReservationsQuery,
  ) {}

  /** What is owed. A guest's order token, as `orderToken` or `X-Order-Token`, is judged in `orderTokenOk`. */
  @Get(':id/payable')
  @InternalOnly('payment')
  @Returns(payableView)
  async payable(
    @Param('id', { schema: orderRef() }) ref: string,
    @Query({ schema: payableQuery }) query: z.infer<typeof payableQuery>,
    @Headers('x-order-token') header?: string,
  ) {
    const found = await findOrder(this.database, ref);
    if (found === undefined) throw orderNotFound();
    const orderToken = query.orderToken ?? header;
    const orderTokenOk =
      orderToken === undefined ? {} : { orderTokenOk: this.tokens.isFor(found.order.id, orderToken) };
    return { ...payableOf(found.order, found.now), ...orderTokenOk };
  }

  /** Whether product may let go of what is reserved for them. */
  @Post('wanted-reservations')
  @InternalOnly('product')
  @HttpCode(200)
  @Returns(wantedView)
  wantedReservations(@Body({ schema: wantedBody }) { orderIds }: z.infer<typeof wantedBody>) {
    return this.reservations.of(orderIds);
  }
}
