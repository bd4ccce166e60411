import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { BusinessCreated, BusinessUpdated, type EventOf } from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { KeepBusiness } from './keep-business.js';

@Controller()
export class BusinessesConsumer {
  constructor(private readonly keepBusiness: KeepBusiness) {}

  @OnEvent(BusinessCreated)
  async onBusinessCreated(
    @Payload() event: EventOf<typeof BusinessCreated>,
    @Ctx() context: EventContext,
  ): Promise<void> {
    await this.keepBusiness.execute(context.tx, { ...event.data, version: event.aggregateVersion });
  }

  @OnEvent(BusinessUpdated)
  async onBusinessUpdated(
    @Payload() event: EventOf<typeof BusinessUpdated>,
    @Ctx() context: EventContext,
  ): Promise<void> {
    await this.keepBusiness.execute(context.tx, { ...event.data, version: event.aggregateVersion });
  }
}
