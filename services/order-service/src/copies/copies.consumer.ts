import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import {
  BusinessCreated,
  BusinessUpdated,
  ShareLinkCreated,
  ShareLinkUpdated,
  UserRegistered,
  UserUpdated,
  type EventOf,
} from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { accountSchema } from './account.js';
import { Businesses } from './businesses.js';
import { ACCOUNT_COPIES, BUSINESS_COPIES, LINK_COPIES } from './copies.js';

/** Keeps the copies of links, accounts and businesses that placing an order reads. */
@Controller()
export class CopiesConsumer {
  constructor(private readonly businesses: Businesses) {}

  @OnEvent(ShareLinkCreated)
  onShareLinkCreated(@Payload() event: EventOf<typeof ShareLinkCreated>, @Ctx() { tx }: EventContext) {
    return LINK_COPIES.keep(tx, { id: event.data.shareLinkId, version: event.aggregateVersion, body: event.data });
  }

  @OnEvent(ShareLinkUpdated)
  onShareLinkUpdated(@Payload() event: EventOf<typeof ShareLinkUpdated>, @Ctx() { tx }: EventContext) {
    return LINK_COPIES.keep(tx, { id: event.data.shareLinkId, version: event.aggregateVersion, body: event.data });
  }

  @OnEvent(UserRegistered)
  onUserRegistered(@Payload() event: EventOf<typeof UserRegistered>, @Ctx() { tx }: EventContext) {
    return this.keepAccount(tx, event);
  }

  @OnEvent(UserUpdated)
  onUserUpdated(@Payload() event: EventOf<typeof UserUpdated>, @Ctx() { tx }: EventContext) {
    return this.keepAccount(tx, event);
  }

  @OnEvent(BusinessCreated)
  onBusinessCreated(@Payload() event: EventOf<typeof BusinessCreated>, @Ctx() { tx }: EventContext) {
    return this.keepBusiness(tx, event);
  }

  @OnEvent(BusinessUpdated)
  onBusinessUpdated(@Payload() event: EventOf<typeof BusinessUpdated>, @Ctx() { tx }: EventContext) {
    return this.keepBusiness(tx, event);
  }

  /** Only what an order needs of an account is kept. */
  private keepAccount(
    tx: EventContext['tx'],
    event: EventOf<typeof UserUpdated | typeof UserRegistered>,
  ): Promise<void> {
    const { userId, ...account } = event.data;
    return ACCOUNT_COPIES.keep(tx, { id: userId, version: event.aggregateVersion, body: accountSchema.parse(account) });
  }

  private async keepBusiness(
    tx: EventContext['tx'],
    { data, aggregateVersion }: EventOf<typeof BusinessUpdated | typeof BusinessCreated>,
  ): Promise<void> {
    await BUSINESS_COPIES.keep(tx, { id: data.businessId, version: aggregateVersion, body: data });
    tx.afterCommit(() => this.businesses.forget(data.businessId));
  }
}
