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
  type DomainEvent,
  type EventOf,
} from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import type { SqlTx } from '@reseller/persistence';
import { payoutFacts } from '../live/live-event.js';
import { RecordLiveEvent } from '../live/record-live-event.js';
import { commissionMoved, payoutMoved } from '../templates/earnings-wording.js';
import type { Wording } from '../templates/wording.js';
import { BATCHED } from './batched.js';
import { TellSeller } from './tell-seller.js';

type Payout = EventOf<typeof PayoutRequested>['data'];

/** What happens to a reseller’s money, told to the reseller; payouts are shown to administrators too. */
@Controller()
export class EarningsConsumer {
  constructor(
    private readonly tellSeller: TellSeller,
    private readonly recordLiveEvent: RecordLiveEvent,
  ) {}

  @OnEvent(CommissionLocked, BATCHED)
  onCommissionLocked(@Payload() event: EventOf<typeof CommissionLocked>, @Ctx() { tx }: EventContext): void {
    this.tellSeller.execute(tx, event, commissionMoved(event));
  }

  @OnEvent(CommissionUnlocked, BATCHED)
  onCommissionUnlocked(@Payload() event: EventOf<typeof CommissionUnlocked>, @Ctx() { tx }: EventContext): void {
    this.tellSeller.execute(tx, event, commissionMoved(event));
  }

  @OnEvent(CommissionReleased, BATCHED)
  onCommissionReleased(@Payload() event: EventOf<typeof CommissionReleased>, @Ctx() { tx }: EventContext): void {
    this.tellSeller.execute(tx, event, commissionMoved(event));
  }

  @OnEvent(PayoutRequested, BATCHED)
  onPayoutRequested(@Payload() event: EventOf<typeof PayoutRequested>, @Ctx() { tx }: EventContext): void {
    this.tellOfPayout(tx, event, payoutMoved(event));
  }

  @OnEvent(PayoutApproved, BATCHED)
  onPayoutApproved(@Payload() event: EventOf<typeof PayoutApproved>, @Ctx() { tx }: EventContext): void {
    this.tellOfPayout(tx, event, payoutMoved(event));
  }

  @OnEvent(PayoutRejected, BATCHED)
  onPayoutRejected(@Payload() event: EventOf<typeof PayoutRejected>, @Ctx() { tx }: EventContext): void {
    this.tellOfPayout(tx, event, payoutMoved(event));
  }

  @OnEvent(PayoutCompleted, BATCHED)
  onPayoutCompleted(@Payload() event: EventOf<typeof PayoutCompleted>, @Ctx() { tx }: EventContext): void {
    this.tellOfPayout(tx, event, payoutMoved(event));
  }

  @OnEvent(PayoutFailed, BATCHED)
  onPayoutFailed(@Payload() event: EventOf<typeof PayoutFailed>, @Ctx() { tx }: EventContext): void {
    this.tellOfPayout(tx, event, payoutMoved(event));
  }

  @OnEvent(PayoutReversed, BATCHED)
  onPayoutReversed(@Payload() event: EventOf<typeof PayoutReversed>, @Ctx() { tx }: EventContext): void {
    this.tellOfPayout(tx, event, payoutMoved(event));
  }

  private tellOfPayout(tx: SqlTx, event: DomainEvent<string, Payout>, wording: Wording): void {
    this.tellSeller.execute(tx, event, wording);
    this.recordLiveEvent.execute(tx, event, payoutFacts(event.data));
  }
}
