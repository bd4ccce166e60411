import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { UserUpdated, type EventOf } from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { SellerRepository } from './seller.repository.js';

/** Whoever is disabled, or is no reseller any more, sells nothing by the links that are out there. */
@Controller()
export class SellersConsumer {
  constructor(private readonly sellers: SellerRepository) {}

  @OnEvent(UserUpdated)
  onUserUpdated(
    @Payload() { data, aggregateVersion }: EventOf<typeof UserUpdated>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    const isActive = data.isActive && data.roles.includes('RESELLER');
    return this.sellers.keep(tx, { id: data.userId, version: aggregateVersion, isActive });
  }
}
