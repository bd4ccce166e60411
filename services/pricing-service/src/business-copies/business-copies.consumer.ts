import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { BusinessCreated, BusinessUpdated, type EventOf } from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { BusinessCopies } from './business-copies.js';
import { BusinessCopyRepository } from './business-copy.repository.js';

type BusinessStands = EventOf<typeof BusinessCreated> | EventOf<typeof BusinessUpdated>;

@Controller()
export class BusinessCopiesConsumer {
  constructor(
    private readonly repository: BusinessCopyRepository,
    private readonly copies: BusinessCopies,
  ) {}

  @OnEvent(BusinessCreated)
  onBusinessCreated(@Payload() event: EventOf<typeof BusinessCreated>, @Ctx() context: EventContext): Promise<void> {
    return this.store(event, context);
  }

  @OnEvent(BusinessUpdated)
  onBusinessUpdated(@Payload() event: EventOf<typeof BusinessUpdated>, @Ctx() context: EventContext): Promise<void> {
    return this.store(event, context);
  }

  private async store(event: BusinessStands, context: EventContext): Promise<void> {
    const version = BigInt(event.aggregateVersion);
    await this.repository.store(context.tx, event.data, version);
    context.afterCommit(() => this.copies.heard(event.data.businessId, { version, settings: event.data.settings }));
  }
}
