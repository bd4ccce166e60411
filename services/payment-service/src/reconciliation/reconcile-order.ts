import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, type Logger } from '@reseller/runtime';
import { recordLapsed } from '../payments/authorized-attempt.repository.js';
import { RecordGatewayPayment } from '../payments/record-gateway-payment.js';
import type { GatewayPayment } from '../razorpay/razorpay-entities.js';
import { RazorpayGateway } from '../razorpay/razorpay-gateway.js';
import { ApplyGatewayRefund, RefundExceedsPayment } from '../refunds/apply-gateway-refund.js';
import {
  exceeding,
  findingsOf,
  mustLookAtRefunds,
  notCompared,
  unanswered,
  type Finding,
  type OurSide,
  type TheirSide,
} from './finding.js';
import { fillFees, ourSideOf } from './our-side.repository.js';

export interface HeldOrder {
  /** The payment that the Razorpay order was made for. */
  readonly paymentId: string;
  readonly razorpayOrderId: string;
}

/**
 * Compares one Razorpay order with our records. What Razorpay says goes through the same steps as its webhooks, so whatever
 * has a rule is repaired by it; what then still differs is for a person. Doing it again finds nothing new.
 */
@Injectable()
export class ReconcileOrder {
  constructor(
    private readonly database: Database,
    private readonly gateway: RazorpayGateway,
    private readonly recordGatewayPayment: RecordGatewayPayment,
    private readonly applyGatewayRefund: ApplyGatewayRefund,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** One that cannot be compared holds up no other: it is found not to have been. */
  async execute(order: HeldOrder): Promise<Finding[]> {
    try {
      return await this.compare(order);
    } catch (error) {
      const { paymentId } = order;
      this.logger.error({ err: error, paymentId }, 'an order could not be compared with Razorpay');
      return [notCompared(paymentId)];
    }
  }

  private async compare({ paymentId, razorpayOrderId }: HeldOrder): Promise<Finding[]> {
    const before = await ourSideOf(this.database, razorpayOrderId);
    const asked = await this.gateway.paymentsOfOrder(razorpayOrderId);
    if (asked.kind !== 'ok') return [unanswered(paymentId, refusalOf(asked))];
    // Captured ones first: they decide, whatever else was tried.
    const facts = asked.value.toSorted((one, other) => Number(other.isCaptured) - Number(one.isCaptured));
    for (const fact of facts) await this.record(fact);
    const { refunds, findings } = await this.importRefunds(paymentId, before, facts);
    const after = await ourSideOf(this.database, razorpayOrderId);
    return [...findings, ...findingsOf(paymentId, before, after, { payments: facts, refunds })];
  }

  private async record(fact: GatewayPayment): Promise<void> {
    await this.recordGatewayPayment.execute(fact);
    if (fact.isCaptured) await fillFees(this.database, fact);
    else if (fact.status === 'refunded') {
      await this.database.sqlTransaction((tx) => recordLapsed(tx, fact.id));
    }
  }

  private async importRefunds(
    paymentId: string,
    ours: OurSide,
    facts: readonly GatewayPayment[],
  ): Promise<{ refunds: TheirSide['refunds']; findings: Finding[] }> {
    const findings: Finding[] = [];
    const refunds = [];
    for (const fact of facts.filter((one) => one.isCaptured && mustLookAtRefunds(ours, one))) {
      const made = await this.gateway.refundsOfPayment(fact.id);
      if (made.kind !== 'ok') {
        findings.push(unanswered(paymentId, { ...refusalOf(made), isRefusal: false }));
        continue;
      }
      for (const refund of made.value) {
        refunds.push(refund);
        try {
          await this.applyGatewayRefund.execute(refund);
        } catch (error) {
          if (!(error instanceof RefundExceedsPayment)) throw error;
          findings.push(exceeding(paymentId, refund));
        }
      }
    }
    return { refunds, findings };
  }
}

function refusalOf(
  answer: { kind: 'rejected'; code: string; description: string } | { kind: 'unavailable'; detail: string },
) {
  return answer.kind === 'rejected'
    ? { isRefusal: true, detail: answer.description === '' ? answer.code : answer.description }
    : { isRefusal: false, detail: answer.detail };
}
