import { z } from 'zod';
import { isoInstant, pageOf, pageQuery, percent, shortText } from '@reseller/http';
import type { TaxRate } from './tax-rate.js';

const hsnPrefix = () => z.string().regex(/^\d{2,8}$/, 'must be two to eight digits');

const endsAfterItBegins = (span: { validFrom: string; validTo?: string | null | undefined }): boolean =>
  typeof span.validTo !== 'string' || new Date(span.validFrom) < new Date(span.validTo);

export const createTaxRateBody = z
  .strictObject({
    hsnPrefix: hsnPrefix(),
    rate: percent(),
    description: shortText(200),
    validFrom: isoInstant(),
    validTo: isoInstant().nullish(),
  })
  .refine(endsAfterItBegins, { path: ['validTo'], message: 'must be later than validFrom' })
  .meta({ id: 'CreateTaxRate' });
export type CreateTaxRateBody = z.infer<typeof createTaxRateBody>;

/** A rate that was in force stays on record: it is ended and followed by a new row, never rewritten. */
export const changeTaxRateBody = z
  .strictObject({
    description: shortText(200).optional(),
    validTo: isoInstant().nullable().optional(),
    /** The version that the change was made to, as `If-Match` says it. */
    version: z.int().positive().optional(),
  })
  .refine((change) => change.description !== undefined || change.validTo !== undefined, 'must change something')
  .meta({ id: 'ChangeTaxRate' });
export type ChangeTaxRateBody = z.infer<typeof changeTaxRateBody>;

export const taxRatesQuery = z.strictObject({
  ...pageQuery(['hsnPrefix', 'validFrom'], 'hsnPrefix'),
  hsnPrefix: hsnPrefix().optional(),
  /** Only those in force at this time. */
  at: isoInstant().optional(),
});
export type TaxRatesQuery = z.infer<typeof taxRatesQuery>;

export const taxRateView = z
  .object({
    id: z.string(),
    version: z.int(),
    hsnPrefix: z.string(),
    rate: z.number(),
    description: z.string(),
    validFrom: z.string(),
    validTo: z.string().nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'TaxRate' });
export type TaxRateView = z.infer<typeof taxRateView>;

export const taxRatePage = pageOf(taxRateView).meta({ id: 'TaxRatePage' });

export interface StoredTaxRate extends TaxRate {
  readonly version: bigint;
  readonly description: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function toTaxRateView(rate: StoredTaxRate): TaxRateView {
  return {
    id: rate.id,
    version: Number(rate.version),
    hsnPrefix: rate.hsnPrefix,
    rate: rate.rateBps / 100,
    description: rate.description,
    validFrom: rate.validFrom.toISOString(),
    validTo: rate.validTo?.toISOString() ?? null,
    createdAt: rate.createdAt.toISOString(),
    updatedAt: rate.updatedAt.toISOString(),
  };
}
