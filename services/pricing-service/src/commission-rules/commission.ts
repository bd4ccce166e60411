import { applyBps } from '@reseller/money';

export const COMMISSION_BASES = ['SALE', 'MARGIN'] as const;
export type CommissionBasis = (typeof COMMISSION_BASES)[number];

/** From the widest to the narrowest. */
export const COMMISSION_SCOPES = ['platform', 'business', 'category', 'product', 'seller'] as const;
export type CommissionScope = (typeof COMMISSION_SCOPES)[number];

export interface CommissionRule {
  readonly id: string;
  /** Limits the rule to one business; null: every business. */
  readonly businessId: string | null;
  readonly scope: CommissionScope;
  readonly scopeId: string | null;
  readonly basis: CommissionBasis;
  readonly rateBps: number;
  readonly validFrom: Date | null;
  readonly validTo: Date | null;
  readonly isActive: boolean;
}

/** What a rule is chosen for. */
export interface CommissionSubject {
  readonly businessId: string;
  readonly sellerId: string | null;
  readonly productId: string;
  /** From the root category down. */
  readonly categoryPath: readonly string[];
}

const isInForce = (rule: CommissionRule, now: Date): boolean =>
  rule.isActive && (rule.validFrom === null || rule.validFrom <= now) && (rule.validTo === null || now < rule.validTo);

/** How narrow a rule is for a subject: higher wins, null where it does not apply. Category rules count by their depth. */
function narrowness(rule: CommissionRule, subject: CommissionSubject): number | null {
  if (rule.businessId !== null && rule.businessId !== subject.businessId) return null;
  switch (rule.scope) {
    case 'seller':
      return rule.scopeId === subject.sellerId ? 4_000 : null;
    case 'product':
      return rule.scopeId === subject.productId ? 3_000 : null;
    case 'category': {
      const depth = rule.scopeId === null ? -1 : subject.categoryPath.indexOf(rule.scopeId);
      return depth < 0 ? null : 2_000 + Math.min(depth, 900);
    }
    case 'business':
      return rule.scopeId === subject.businessId ? 1_000 : null;
    case 'platform':
      return 0;
    default:
      return rule.scope satisfies never;
  }
}

const validFromMs = (rule: CommissionRule): number => rule.validFrom?.getTime() ?? Number.NEGATIVE_INFINITY;

/**
 * The rule that decides: seller before product before category (the deepest first) before business before platform.
 * Within one scope a rule for this business goes before one for every business, then the one that came into force
 * last, then the one made last (ids sort by time). Undefined: nothing is earned.
 */
export function chooseCommissionRule(
  rules: readonly CommissionRule[],
  subject: CommissionSubject,
  now: Date,
): CommissionRule | undefined {
  let best: { rule: CommissionRule; rank: number } | undefined;
  for (const rule of rules) {
    const rank = isInForce(rule, now) ? narrowness(rule, subject) : null;
    if (rank === null) continue;
    if (best === undefined || rank > best.rank || (rank === best.rank && precedes(rule, best.rule)))
      best = { rule, rank };
  }
  return best?.rule;
}

function precedes(a: CommissionRule, b: CommissionRule): boolean {
  if ((a.businessId === null) !== (b.businessId === null)) return a.businessId !== null;
  if (validFromMs(a) !== validFromMs(b)) return validFromMs(a) > validFromMs(b);
  return a.id > b.id;
}

/** Commission of one line, rounded half up. It never exceeds what the customer pays for the goods. */
export function commissionOf(
  rule: CommissionRule | undefined,
  line: { readonly salePaise: bigint; readonly baseTotalPaise: bigint },
): bigint {
  if (rule === undefined) return 0n;
  const marginPaise = line.salePaise > line.baseTotalPaise ? line.salePaise - line.baseTotalPaise : 0n;
  return applyBps(rule.basis === 'SALE' ? line.salePaise : marginPaise, rule.rateBps);
}
