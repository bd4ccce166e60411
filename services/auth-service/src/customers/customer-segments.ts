/*
 * Customers by how they buy. Each rule excludes the others and together they leave nobody out, so that everybody is in
 * exactly one. They stand here once: for the counts, for the filter of the list and for what the API says of them.
 */
const RECENT_DAYS = 90;
const LOST_DAYS = 180;
const LOYAL_ORDERS = 5;
const VIP_PAISE = 5_000_000;
const VIP_SAID = '₹50,000';

/** Who never ordered sorts, and compares, as if that were longest ago; there is an index on this very expression. */
export const LAST_ORDER = `coalesce(last_order_at, timestamptz '-infinity')`;

const daysAgo = (days: number): string => `now() - make_interval(days => ${days})`;
const ORDERED_RECENTLY = `${LAST_ORDER} >= ${daysAgo(RECENT_DAYS)}`;

export const SEGMENTS = ['NEW', 'ACTIVE', 'LOYAL', 'VIP', 'AT_RISK', 'DORMANT'] as const;
export type Segment = (typeof SEGMENTS)[number];

interface SegmentRule {
  /** For people. */
  readonly rule: string;
  /** For Postgres, over a row of `customers`. */
  readonly condition: string;
}

export const SEGMENT_RULES: Readonly<Record<Segment, SegmentRule>> = {
  NEW: {
    rule: `No paid order yet, known for ${RECENT_DAYS} days at most.`,
    condition: `(total_orders = 0 and created_at >= ${daysAgo(RECENT_DAYS)})`,
  },
  ACTIVE: {
    rule: `A paid order within the last ${RECENT_DAYS} days; neither LOYAL nor VIP.`,
    condition: `(${ORDERED_RECENTLY} and total_spent_paise < ${VIP_PAISE} and total_orders < ${LOYAL_ORDERS})`,
  },
  LOYAL: {
    rule: `A paid order within the last ${RECENT_DAYS} days and at least ${LOYAL_ORDERS} in all; not VIP.`,
    condition: `(${ORDERED_RECENTLY} and total_spent_paise < ${VIP_PAISE} and total_orders >= ${LOYAL_ORDERS})`,
  },
  VIP: {
    rule: `A paid order within the last ${RECENT_DAYS} days and at least ${VIP_SAID} spent in all, refunds taken off.`,
    condition: `(${ORDERED_RECENTLY} and total_spent_paise >= ${VIP_PAISE})`,
  },
  AT_RISK: {
    rule: `The last paid order was between ${RECENT_DAYS} and ${LOST_DAYS} days ago.`,
    condition: `(${LAST_ORDER} < ${daysAgo(RECENT_DAYS)} and ${LAST_ORDER} >= ${daysAgo(LOST_DAYS)})`,
  },
  DORMANT: {
    rule: `The last paid order was more than ${LOST_DAYS} days ago, or there is none in more than ${RECENT_DAYS} days.`,
    condition: `(${LAST_ORDER} < ${daysAgo(LOST_DAYS)} and (total_orders > 0 or created_at < ${daysAgo(RECENT_DAYS)}))`,
  },
};

/** The segment of a row, as an expression. */
export const SEGMENT_OF_ROW = `case ${SEGMENTS.map((segment) => `when ${SEGMENT_RULES[segment].condition} then '${segment}'`).join(' ')} end`;
