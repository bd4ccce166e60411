import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import {
  CommissionLocked,
  CommissionReleased,
  CommissionUnlocked,
  PayoutApproved,
  PayoutCompleted,
  PayoutFailed,
  PayoutRejected,
  PayoutRequested,
  PayoutReversed,
  type EventOf,
} from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { commissionMoved, payoutMoved } from '../templates/earnings-wording.js';
import { BATCHED } from './batched.js';
import { TellSeller } from './tell-seller.js';

/** What happens to a reseller’s money, told to the reseller. */
@Controller()
export class EarningsConsumer {
  constructor(private readonly tellSeller: TellSeller) {}

  @OnEvent(CommissionLocked, BATCHED)
  async onCommissionLocked(
    @Payload() event: EventOf<typeof CommissionLocked>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await this.tellSeller.execute(tx, event, commissionMoved(event));
  }

  @OnEvent(CommissionUnlocked, BATCHED)
  async onCommissionUnlocked(
    @Payload() event: EventOf<typeof CommissionUnlocked>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await this.tellSeller.execute(tx, event, commissionMoved(event));
  }

  @OnEvent(CommissionReleased, BATCHED)
  async onCommissionReleased(
    @Payload() event: EventOf<typeof CommissionReleased>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await this.tellSeller.execute(tx, event, commissionMoved(event));
  }

  @OnEvent(PayoutRequested, BATCHED)
  async onPayoutRequested(
    @Payload() event: EventOf<typeof PayoutRequested>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await this.tellSeller.execute(tx, event, payoutMoved(event));
  }

  @OnEvent(PayoutApproved, BATCHED)
  async onPayoutApproved(@Payload() event: EventOf<typeof PayoutApproved>, @Ctx() { tx }: EventContext): Promise<void> {
    await this.tellSeller.execute(tx, event, payoutMoved(event));
  }

  @OnEvent(PayoutRejected, BATCHED)
  async onPayoutRejected(@Payload() event: EventOf<typeof PayoutRejected>, @Ctx() { tx }: EventContext): Promise<void> {
    await this.tellSeller.execute(tx, event, payoutMoved(event));
  }

  @OnEvent(PayoutCompleted, BATCHED)
  async onPayoutCompleted(
    @Payload() event: EventOf<typeof PayoutCompleted>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await this.tellSeller.execute(tx, event, payoutMoved(event));
  }

  @OnEvent(PayoutFailed, BATCHED)
  async onPayoutFailed(@Payload() event: EventOf<typeof PayoutFailed>, @Ctx() { tx }: EventContext): Promise<void> {
    await this.tellSeller.execute(tx, event, payoutMoved(event));
  }

  @OnEvent(PayoutReversed, BATCHED)
  async onPayoutReversed(@Payload() event: EventOf<typeof PayoutReversed>, @Ctx() { tx }: EventContext): Promise<void> {
    await this.tellSeller.execute(tx, event, payoutMoved(event));
  }
}
