import { Inject, Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import { requireUser, type Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, notFound, requireVersion, unprocessable, type Clock } from '@reseller/runtime';
import type { PrismaClient } from '../generated/prisma/client.js';
import { requirePlatformAdmin } from './require-platform-admin.js';
import { TaxRatesInForce } from './tax-rates-in-force.js';
import { toTaxRateView, type ChangeTaxRateBody, type TaxRateView } from './tax-rates.schemas.js';

export interface ChangeTaxRateCommand {
  readonly id: string;
  readonly expectedVersion: bigint | null;
  readonly change: Omit<ChangeTaxRateBody, 'version'>;
}

/** Ends a rate, or describes it better. */
@Injectable()
export class ChangeTaxRate {
  constructor(
    private readonly database: Database<PrismaClient>,
    private readonly inForce: TaxRatesInForce,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param expectedVersion of the rate as the caller knows it; null: whatever stands
   * @throws 403 for an ADMIN of one business; 404 TAX_RATE_NOT_FOUND; 412 VERSION_MISMATCH; 422 RATE_ENDS_BEFORE_IT_BEGINS
   */
  async execute(caller: Identity, { id, expectedVersion, change }: ChangeTaxRateCommand): Promise<TaxRateView> {
    requirePlatformAdmin(caller);
    const now = this.clock.now();
    const view = await this.database.transaction(async (tx) => {
      await tx.query('select 1 as one from tax_rates where id = $1::uuid for update', [id]);
      const row = await tx.models.taxRate.findUnique({ where: { id } });
      if (row === null) throw notFound('TAX_RATE_NOT_FOUND', 'There is no such tax rate.');
      requireVersion('tax rate', expectedVersion, row.version);
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
      const said = {
        actorId: requireUser(caller),
        businessId: caller.businessId,
        action: 'TAX_RATE_CHANGED',
        subjectType: 'tax-rate',
        subjectId: id,
      };
      await appendToOutbox(tx, [adminAction({ ...said, before, after, occurredAt: now })]);
      return after;
    });
    this.inForce.drop();
    return view;
  }
}
