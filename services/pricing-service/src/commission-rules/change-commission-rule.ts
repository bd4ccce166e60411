import { Inject, Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import { requireUser, type Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, unprocessable, type Clock } from '@reseller/runtime';
import type { PrismaClient } from '../generated/prisma/client.js';
import { commissionRuleOf, lockCommissionRule } from './commission-rule.repository.js';
import { CommissionRulesInForce } from './commission-rules-in-force.js';
import {
  bpsOfPercent,
  toCommissionRuleView,
  type ChangeCommissionRuleBody,
  type CommissionRuleView,
  type StoredCommissionRule,
} from './commission-rules.schemas.js';

export interface ChangeCommissionRuleCommand {
  readonly id: string;
  readonly expectedVersion: bigint | null;
  readonly change: Omit<ChangeCommissionRuleBody, 'version'>;
}

/** Orders keep the commission that was quoted: a change concerns what is sold from now on. */
@Injectable()
export class ChangeCommissionRule {
  constructor(
    private readonly database: Database<PrismaClient>,
    private readonly inForce: CommissionRulesInForce,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param expectedVersion of the rule as the caller knows it; null: whatever stands
   * @throws 404 COMMISSION_RULE_NOT_FOUND; 412 VERSION_MISMATCH; 422 RULE_ENDS_BEFORE_IT_BEGINS
   */
  async execute(
    caller: Identity,
    { id, expectedVersion, change }: ChangeCommissionRuleCommand,
  ): Promise<CommissionRuleView> {
    const now = this.clock.now();
    const view = await this.database.transaction(async (tx) => {
      const rule = await lockCommissionRule(tx, { id, businessId: caller.businessId, expectedVersion });
      const changed = changedRule(rule, change);
      const row = await tx.models.commissionRule.update({
        where: { id },
        data: { ...changed, version: { increment: 1 }, updatedAt: now },
      });
      const before = toCommissionRuleView(rule);
      const after = toCommissionRuleView(commissionRuleOf(row));
      const said = {
        actorId: requireUser(caller),
        businessId: rule.businessId,
        action: 'COMMISSION_RULE_CHANGED',
        subjectType: 'commission-rule',
        subjectId: id,
      };
      await appendToOutbox(tx, [adminAction({ ...said, before, after, occurredAt: now })]);
      return after;
    });
    this.inForce.drop();
    return view;
  }
}

function changedRule(rule: StoredCommissionRule, change: ChangeCommissionRuleCommand['change']) {
  const dateOf = (text: string | null | undefined, old: Date | null): Date | null =>
    text === undefined ? old : text === null ? null : new Date(text);
  const validFrom = dateOf(change.validFrom, rule.validFrom);
  const validTo = dateOf(change.validTo, rule.validTo);
  if (validFrom !== null && validTo !== null && validTo <= validFrom) {
    throw unprocessable('RULE_ENDS_BEFORE_IT_BEGINS', 'validTo must be later than validFrom.');
  }
  return {
    basis: change.basis ?? rule.basis,
    rateBps: change.rate === undefined ? rule.rateBps : bpsOfPercent(change.rate),
    validFrom,
    validTo,
    isActive: change.isActive ?? rule.isActive,
  };
}
