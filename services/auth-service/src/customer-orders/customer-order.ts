/** What is known of one order, for its customer. Each event sets its own fact, in whatever order they arrive. */
export interface OrderFacts {
  readonly paidAt: Date | null;
  readonly totalPaise: bigint;
  /** The largest total that any refund has named. */
  readonly refundedPaise: bigint;
}

/** What an event says about an order; absent: it says nothing about that. */
export interface OrderFact {
  readonly paidAt?: Date;
  readonly refundedTotalPaise?: bigint;
}

/** What an order adds to its customer's figures. */
export interface Contribution {
  readonly orders: number;
  readonly spentPaise: bigint;
}

export const NO_CONTRIBUTION: Contribution = { orders: 0, spentPaise: 0n };

/** A fact once set stays as it is, and refunds only grow: events may come again and in any order. */
export function withFact(facts: OrderFacts, fact: OrderFact): OrderFacts {
  const said = fact.refundedTotalPaise ?? 0n;
  return {
    ...facts,
    paidAt: facts.paidAt ?? fact.paidAt ?? null,
    refundedPaise: said > facts.refundedPaise ? said : facts.refundedPaise,
  };
}

/**
 * An order counts from when it was paid, also when all of its money goes back later: then it was an order of nothing. A
 * refund that is heard of before the payment waits for it.
 */
export function contributionOf({ paidAt, totalPaise, refundedPaise }: OrderFacts): Contribution {
  if (paidAt === null) return NO_CONTRIBUTION;
  return { orders: 1, spentPaise: totalPaise > refundedPaise ? totalPaise - refundedPaise : 0n };
}

export function differenceOf(before: Contribution, after: Contribution): Contribution {
  return { orders: after.orders - before.orders, spentPaise: after.spentPaise - before.spentPaise };
}
