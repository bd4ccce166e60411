import { Injectable } from '@nestjs/common';
import { toPage, type Identity, type Page } from '@reseller/http';
import { Database } from '@reseller/persistence';
import { notFound } from '@reseller/runtime';
import type { PrismaClient } from '../generated/prisma/client.js';
import { commissionRuleOf, visibleTo } from './commission-rule.repository.js';
import {
  toCommissionRuleView,
  type CommissionRulesQuery,
  type CommissionRuleView,
} from './commission-rules.schemas.js';

@Injectable()
export class CommissionRuleQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  async list(caller: Identity, query: CommissionRulesQuery): Promise<Page<CommissionRuleView>> {
    const { skip, take, sort } = toPage(query);
    const { scope, scopeId, isActive } = query;
    const where = {
      ...visibleTo(caller.businessId),
      ...(scope === undefined ? {} : { scope }),
      ...(scopeId === undefined ? {} : { scopeId }),
      ...(isActive === undefined ? {} : { isActive }),
    };
    const direction = sort.descending ? 'desc' : 'asc';
    const { commissionRule } = this.database.prisma;
    const [rows, total] = await Promise.all([
      commissionRule.findMany({ where, skip, take, orderBy: [{ createdAt: direction }, { id: direction }] }),
      commissionRule.count({ where }),
    ]);
    return { data: rows.map((row) => toCommissionRuleView(commissionRuleOf(row))), total, skip, take };
  }

  /** @throws 404 COMMISSION_RULE_NOT_FOUND */
  async find(caller: Identity, id: string): Promise<CommissionRuleView> {
    const row = await this.database.prisma.commissionRule.findFirst({ where: { id, ...visibleTo(caller.businessId) } });
    if (row === null) throw notFound('COMMISSION_RULE_NOT_FOUND', 'There is no such commission rule.');
    return toCommissionRuleView(commissionRuleOf(row));
  }
}
