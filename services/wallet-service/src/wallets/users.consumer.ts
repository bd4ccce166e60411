import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { DEFAULT_BUSINESS_ID, UserRegistered, UserUpdated, type EventOf } from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { OpenWallet } from './open-wallet.js';

type UserEvent = EventOf<typeof UserRegistered> | EventOf<typeof UserUpdated>;

/** Resellers get a wallet. Who stops being one keeps it: there may be money in it. */
@Controller()
export class UsersConsumer {
  constructor(private readonly openWallet: OpenWallet) {}

  @OnEvent(UserRegistered)
  async onUserRegistered(
    @Payload() event: EventOf<typeof UserRegistered>,
    @Ctx() context: EventContext,
  ): Promise<void> {
    await this.openFor(event, context);
  }

  @OnEvent(UserUpdated)
  async onUserUpdated(@Payload() event: EventOf<typeof UserUpdated>, @Ctx() context: EventContext): Promise<void> {
    await this.openFor(event, context);
  }

  private async openFor({ data, aggregateVersion }: UserEvent, { tx }: EventContext): Promise<void> {
    if (!data.roles.includes('RESELLER')) return;
    await this.openWallet.execute(tx, {
      sellerId: data.userId,
      businessId: data.businessId ?? DEFAULT_BUSINESS_ID,
      userVersion: BigInt(aggregateVersion),
    });
  }
}
