import { Inject, Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import { requireUser, type Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, forbidden, newId, type Clock } from '@reseller/runtime';
import type { PrismaClient } from '../generated/prisma/client.js';
import { commissionRuleOf } from './commission-rule.repository.js';
import { CommissionRulesInForce } from './commission-rules-in-force.js';
import {
  bpsOfPercent,
  toCommissionRuleView,
  type CommissionRuleView,
  type CreateCommissionRuleBody,
} from './commission-rules.schemas.js';

const dateOrNull = (text: string | null | undefined): Date | null => (typeof text === 'string' ? new Date(text) : null);

@Injectable()
export class CreateCommissionRule {
  constructor(
    private readonly database: Database<PrismaClient>,
    private readonly inForce: CommissionRulesInForce,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 403 where an ADMIN of one business would decide for others. */
  async execute(caller: Identity, body: CreateCommissionRuleBody): Promise<CommissionRuleView> {
    const now = this.clock.now();
    const businessId = businessOf(caller, body);
    const view = await this.database.transaction(async (tx) => {
      const row = await tx.models.commissionRule.create({
        data: {
          id: newId(),
          businessId,
          scope: body.scope,
          scopeId: body.scopeId ?? null,
          basis: body.basis,
          rateBps: bpsOfPercent(body.rate),
          validFrom: dateOrNull(body.validFrom),
          validTo: dateOrNull(body.validTo),
          isActive: body.isActive,
          createdAt: now,
          updatedAt: now,
        },
      });
      const after = toCommissionRuleView(commissionRuleOf(row));
      const said = {
        actorId: requireUser(caller),
        businessId,
        action: 'COMMISSION_RULE_CREATED',
        subjectType: 'commission-rule',
        subjectId: row.id,
      };
      await appendToOutbox(tx, [adminAction({ ...said, before: null, after, occurredAt: now })]);
      return after;
    });
    this.inForce.drop();
    return view;
  }
}

function businessOf(caller: Identity, body: CreateCommissionRuleBody): string | null {
  const named = body.scope === 'business' ? (body.scopeId ?? null) : caller.businessId;
  const decidesForOthers = body.scope === 'platform' || named !== caller.businessId;
  if (caller.businessId !== null && decidesForOthers) {
    throw forbidden('FORBIDDEN', 'An administrator of one business makes rules for that business only.');
  }
  return named;
}
