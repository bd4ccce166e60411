import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { DEFAULT_BUSINESS_ID, UserRegistered, UserUpdated, type EventOf } from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { OpenWallet } from './open-wallet.js';
import { OwnerRepository } from './owner.repository.js';

type UserEvent = EventOf<typeof UserRegistered> | EventOf<typeof UserUpdated>;

/** Resellers get a wallet. Who stops being one keeps it: there may be money in it. */
@Controller()
export class UsersConsumer {
  constructor(
    private readonly openWallet: OpenWallet,
    private readonly owners: OwnerRepository,
  ) {}

  @OnEvent(UserRegistered)
  async onUserRegistered(
    @Payload() event: EventOf<typeof UserRegistered>,
    @Ctx() context: EventContext,
  ): Promise<void> {
    await this.follow(event, context);
  }

  @OnEvent(UserUpdated)
  async onUserUpdated(@Payload() event: EventOf<typeof UserUpdated>, @Ctx() context: EventContext): Promise<void> {
    await this.follow(event, context);
  }

  private async follow({ data, aggregateVersion }: UserEvent, { tx }: EventContext): Promise<void> {
    const { userId, businessId, isActive, roles } = data;
    const version = BigInt(aggregateVersion);
    await this.owners.keep(tx, { id: userId, version, isActive });
    if (!roles.includes('RESELLER')) return;
    const wallet = { sellerId: userId, businessId: businessId ?? DEFAULT_BUSINESS_ID, userVersion: version };
    await this.openWallet.execute(tx, wallet);
  }
}
