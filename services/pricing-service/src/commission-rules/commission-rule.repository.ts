import type { ModelTx } from '@reseller/persistence';
import { notFound, requireVersion } from '@reseller/runtime';
import { z } from 'zod';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';
import type { CommissionRuleModel } from '../generated/prisma/models.js';
import { COMMISSION_BASES, COMMISSION_SCOPES } from './commission.js';
import type { StoredCommissionRule } from './commission-rules.schemas.js';

const words = z.object({ scope: z.enum(COMMISSION_SCOPES), basis: z.enum(COMMISSION_BASES) });

/** The database checks the words too; reading them once gives them their types. */
export const commissionRuleOf = (row: CommissionRuleModel): StoredCommissionRule => ({ ...row, ...words.parse(row) });

/** The rules that an ADMIN of one business may see: its own and those that hold for every business. */
export const visibleTo = (businessId: string | null): Prisma.CommissionRuleWhereInput =>
  businessId === null ? {} : { OR: [{ businessId }, { businessId: null }] };

export interface RuleToLock {
  readonly id: string;
  /** That of the ADMIN; null: they may change the rules of all. */
  readonly businessId: string | null;
  /** What the caller believes stands; null: whatever does. */
  readonly expectedVersion: bigint | null;
}

/**
 * Locks the rule, so that `before` in the audit log is what was really there.
 *
 * @throws 404 COMMISSION_RULE_NOT_FOUND, also for a rule that an ADMIN of another business may not change; 412
 *   VERSION_MISMATCH where somebody else has changed it meanwhile
 */
export async function lockCommissionRule(
  tx: ModelTx<PrismaClient>,
  { id, businessId, expectedVersion }: RuleToLock,
): Promise<StoredCommissionRule> {
  await tx.query('select 1 as one from commission_rules where id = $1::uuid for update', [id]);
  const row = await tx.models.commissionRule.findFirst({
    where: { id, ...(businessId === null ? {} : { businessId }) },
  });
  if (row === null) throw notFound('COMMISSION_RULE_NOT_FOUND', 'There is no such commission rule.');
  requireVersion('commission rule', expectedVersion, row.version);
  return commissionRuleOf(row);
}
