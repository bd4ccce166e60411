import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, StreamPosition, LiveAdmin, StreamsEvents, type Identity } from '@reseller/http';
import { liveEventView } from './live.schemas.js';
import { LiveStreams } from './live-streams.js';

const DESCRIPTION =
  'Server-sent events, named by what happened in the administrator’s business: ORDER_CREATED, ORDER_PAID, PAYMENT_REFUNDED, ' +
  'STOCK_LOW, PAYOUT_REQUESTED and so on (the schema here). `ready`: first for a new reader. `reset`: events after ' +
  'Last-Event-ID are no longer known; read the lists again.';

@ApiTags('notifications')
@Controller('admin/notifications/stream')
export class LiveController {
  constructor(private readonly streams: LiveStreams) {}

  @Get()
  @LiveAdmin()
  @StreamsEvents(liveEventView, DESCRIPTION)
  async stream(@Caller() caller: Identity, @StreamPosition() lastEventId: number | undefined) {
    return (await this.streams.follow(caller, lastEventId)).answer;
  }
}
