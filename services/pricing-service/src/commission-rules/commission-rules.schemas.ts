import { z } from 'zod';
import { isoInstant, pageOf, pageQuery, percent, queryFlag, uuid } from '@reseller/http';
import { COMMISSION_BASES, COMMISSION_SCOPES, type CommissionRule } from './commission.js';

export const bpsOfPercent = (rate: number): number => Math.round(rate * 100);

const endsAfterItBegins = (span: {
  validFrom?: string | null | undefined;
  validTo?: string | null | undefined;
}): boolean =>
  typeof span.validFrom !== 'string' ||
  typeof span.validTo !== 'string' ||
  new Date(span.validFrom) < new Date(span.validTo);
const END_BEFORE_BEGIN = { path: ['validTo'], message: 'must be later than validFrom' };

export const createCommissionRuleBody = z
  .strictObject({
    scope: z.enum(COMMISSION_SCOPES),
    /** The business, category, product or seller; none for the platform. */
    scopeId: uuid().nullish(),
    basis: z.enum(COMMISSION_BASES),
    rate: percent(),
    validFrom: isoInstant().nullish(),
    validTo: isoInstant().nullish(),
    isActive: z.boolean().default(true),
  })
  .refine((rule) => (rule.scope === 'platform') === (typeof rule.scopeId !== 'string'), {
    path: ['scopeId'],
    message: 'must name what the rule is for; a rule for the platform has none',
  })
  .refine(endsAfterItBegins, END_BEFORE_BEGIN)
  .meta({ id: 'CreateCommissionRule' });
export type CreateCommissionRuleBody = z.infer<typeof createCommissionRuleBody>;

export const changeCommissionRuleBody = z
  .strictObject({
    basis: z.enum(COMMISSION_BASES).optional(),
    rate: percent().optional(),
    validFrom: isoInstant().nullable().optional(),
    validTo: isoInstant().nullable().optional(),
    isActive: z.boolean().optional(),
    /** The version that the change was made to, as `If-Match` says it. */
    version: z.int().positive().optional(),
  })
  .refine(
    ({ version: _version, ...change }) => Object.values(change).some((value) => value !== undefined),
    'must change something',
  )
  .refine(endsAfterItBegins, END_BEFORE_BEGIN)
  .meta({ id: 'ChangeCommissionRule' });
export type ChangeCommissionRuleBody = z.infer<typeof changeCommissionRuleBody>;

export const commissionRulesQuery = z.strictObject({
  ...pageQuery(['createdAt']),
  scope: z.enum(COMMISSION_SCOPES).optional(),
  scopeId: uuid().optional(),
  isActive: queryFlag().optional(),
});
export type CommissionRulesQuery = z.infer<typeof commissionRulesQuery>;

export const commissionRuleView = z
  .object({
    id: z.string(),
    version: z.int(),
    scope: z.enum(COMMISSION_SCOPES),
    scopeId: z.string().nullable(),
    businessId: z.string().nullable(),
    basis: z.enum(COMMISSION_BASES),
    rate: z.number(),
    validFrom: z.string().nullable(),
    validTo: z.string().nullable(),
    isActive: z.boolean(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'CommissionRule' });
export type CommissionRuleView = z.infer<typeof commissionRuleView>;

export const commissionRulePage = pageOf(commissionRuleView).meta({ id: 'CommissionRulePage' });

export interface StoredCommissionRule extends CommissionRule {
  readonly version: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function toCommissionRuleView(rule: StoredCommissionRule): CommissionRuleView {
  return {
    id: rule.id,
    version: Number(rule.version),
    scope: rule.scope,
    scopeId: rule.scopeId,
    businessId: rule.businessId,
    basis: rule.basis,
    rate: rule.rateBps / 100,
    validFrom: rule.validFrom?.toISOString() ?? null,
    validTo: rule.validTo?.toISOString() ?? null,
    isActive: rule.isActive,
    createdAt: rule.createdAt.toISOString(),
    updatedAt: rule.updatedAt.toISOString(),
  };
}
