import { Inject, Injectable } from '@nestjs/common';
import type { Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, notFound, unprocessable, type Clock } from '@reseller/runtime';
import { adminAction } from '../admin-actions/record-admin-action.js';
import type { PrismaClient } from '../generated/prisma/client.js';
import { requirePlatformAdmin } from './require-platform-admin.js';
import { TaxRatesInForce } from './tax-rates-in-force.js';
import { toTaxRateView, type ChangeTaxRateBody, type TaxRateView } from './tax-rates.schemas.js';

/** Ends a rate, or describes it better. */
@Injectable()
export class ChangeTaxRate {
  constructor(
    private readonly database: Database<PrismaClient>,
    private readonly inForce: TaxRatesInForce,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 403 for an ADMIN of one business; 404 TAX_RATE_NOT_FOUND; 422 RATE_ENDS_BEFORE_IT_BEGINS */
  async execute(caller: Identity, id: string, change: ChangeTaxRateBody): Promise<TaxRateView> {
    requirePlatformAdmin(caller);
    const now = this.clock.now();
    const view = await this.database.transaction(async (tx) => {
      await tx.query('select 1 as one from tax_rates where id = $1::uuid for update', [id]);
      const row = await tx.models.taxRate.findUnique({ where: { id } });
      if (row === null) throw notFound('TAX_RATE_NOT_FOUND', 'There is no such tax rate.');
      const validTo =
        change.validTo === undefined ? row.validTo : change.validTo === null ? null : new Date(change.validTo);
      if (validTo !== null && validTo <= row.validFrom) {
        throw unprocessable('RATE_ENDS_BEFORE_IT_BEGINS', 'validTo must be later than validFrom.');
      }
      const changed = await tx.models.taxRate.update({
        where: { id },
        data: {
          description: change.description ?? row.description,
          validTo,
          version: { increment: 1 },
          updatedAt: now,
        },
      });
      const [before, after] = [toTaxRateView(row), toTaxRateView(changed)];
      const said = { action: 'TAX_RATE_CHANGED', subjectType: 'tax-rate', subjectId: id };
      await appendToOutbox(tx, [adminAction({ caller, ...said, before, after, now })]);
      return after;
    });
    this.inForce.drop();
    return view;
  }
}
