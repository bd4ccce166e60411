import { Controller, Get, Param } from '@nestjs/common';
import { Caller, OpenToGuests, orderRef, StreamPosition, StreamsEvents, type Identity } from '@reseller/http';
import { OrderAccess } from './order-access.js';
import { OrderStreams } from './order-streams.js';
import { orderChangeView } from './order-view.js';
import { OrderQueries } from './order.queries.js';

const DESCRIPTION =
  'Server-sent events. `order`: the Order as it stands, first for a new reader. `change`: something happened to it ' +
  '(the schema here). `reset`: Last-Event-ID is not known here; the `order` event that follows tells everything.';

/** An order as it changes, for who may read it. */
@Controller('orders/:id/stream')
export class OrderStreamController {
  constructor(
    private readonly access: OrderAccess,
    private readonly queries: OrderQueries,
    private readonly streams: OrderStreams,
  ) {}

  @Get()
  @OpenToGuests()
  @StreamsEvents(orderChangeView, DESCRIPTION)
  async stream(
    @Param('id', { schema: orderRef() }) ref: string,
    @Caller() caller: Identity,
    @StreamPosition() lastEventId: number | undefined,
  ) {
    const seen = this.access.requireView(await this.queries.find(ref), caller);
    const reader = caller.userId ?? `guest of ${seen.order.id}`;
    return this.streams.follow({ ...seen, reader, lastEventId }).answer;
  }
}
