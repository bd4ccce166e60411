import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { BusinessCreated, BusinessUpdated, type EventOf } from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { BUSINESS_COPIES } from './businesses.js';

type BusinessEvent = EventOf<typeof BusinessCreated> | EventOf<typeof BusinessUpdated>;

@Controller()
export class BusinessesConsumer {
  @OnEvent(BusinessCreated)
  async onBusinessCreated(@Payload() event: BusinessEvent, @Ctx() context: EventContext): Promise<void> {
    await keep(event, context);
  }

  @OnEvent(BusinessUpdated)
  async onBusinessUpdated(@Payload() event: BusinessEvent, @Ctx() context: EventContext): Promise<void> {
    await keep(event, context);
  }
}

const keep = ({ data, aggregateVersion }: BusinessEvent, { tx }: EventContext): Promise<void> =>
  BUSINESS_COPIES.keep(tx, { id: data.businessId, version: aggregateVersion, ...data });
