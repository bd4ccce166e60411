import { Inject, Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import { requireUser, type Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, type Clock } from '@reseller/runtime';
import type { PrismaClient } from '../generated/prisma/client.js';
import { lockCommissionRule } from './commission-rule.repository.js';
import { CommissionRulesInForce } from './commission-rules-in-force.js';
import { toCommissionRuleView, type CommissionRuleView } from './commission-rules.schemas.js';

/** Orders and the audit log keep what the rule decided, so nothing refers to the row. */
@Injectable()
export class DeleteCommissionRule {
  constructor(
    private readonly database: Database<PrismaClient>,
    private readonly inForce: CommissionRulesInForce,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param expectedVersion of the rule as the caller knows it; null: whatever stands
   * @throws 404 COMMISSION_RULE_NOT_FOUND; 412 VERSION_MISMATCH
   */
  async execute(caller: Identity, id: string, expectedVersion: bigint | null): Promise<CommissionRuleView> {
    const now = this.clock.now();
    const view = await this.database.transaction(async (tx) => {
      const before = toCommissionRuleView(
        await lockCommissionRule(tx, { id, businessId: caller.businessId, expectedVersion }),
      );
      await tx.models.commissionRule.delete({ where: { id } });
      const said = {
        actorId: requireUser(caller),
        businessId: before.businessId,
        action: 'COMMISSION_RULE_DELETED',
        subjectType: 'commission-rule',
        subjectId: id,
      };
      await appendToOutbox(tx, [adminAction({ ...said, before, after: null, occurredAt: now })]);
      return before;
    });
    this.inForce.drop();
    return view;
  }
}
