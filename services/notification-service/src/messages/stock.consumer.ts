import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { StockLow, type EventOf } from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { stockFacts } from '../live/live-event.js';
import { RecordLiveEvent } from '../live/record-live-event.js';
import { stockLow } from '../templates/stock-wording.js';
import { BATCHED } from './batched.js';
import { TellAdministrators } from './tell-administrators.js';

@Controller()
export class StockConsumer {
  constructor(
    private readonly tellAdministrators: TellAdministrators,
    private readonly recordLiveEvent: RecordLiveEvent,
  ) {}

  @OnEvent(StockLow, BATCHED)
  async onStockLow(@Payload() event: EventOf<typeof StockLow>, @Ctx() { tx }: EventContext): Promise<void> {
    await this.tellAdministrators.execute(tx, event, stockLow(event));
    this.recordLiveEvent.execute(tx, event, stockFacts(event));
  }
}
