import { Inject, Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import { requireUser, type Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, conflict, newId, type Clock } from '@reseller/runtime';
import { bpsOfPercent } from '../commission-rules/commission-rules.schemas.js';
import type { PrismaClient } from '../generated/prisma/client.js';
import { requirePlatformAdmin } from './require-platform-admin.js';
import { TaxRatesInForce } from './tax-rates-in-force.js';
import { toTaxRateView, type CreateTaxRateBody, type TaxRateView } from './tax-rates.schemas.js';

@Injectable()
export class CreateTaxRate {
  constructor(
    private readonly database: Database<PrismaClient>,
    private readonly inForce: TaxRatesInForce,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 403 for an ADMIN of one business; 409 TAX_RATE_EXISTS for the same prefix and the same instant. */
  async execute(caller: Identity, body: CreateTaxRateBody): Promise<TaxRateView> {
    requirePlatformAdmin(caller);
    const now = this.clock.now();
    const view = await this.database.transaction(async (tx) => {
      const id = newId();
      // `skipDuplicates` instead of catching a unique violation: that would have aborted the transaction already.
      const { count } = await tx.models.taxRate.createMany({
        data: {
          id,
          hsnPrefix: body.hsnPrefix,
          rateBps: bpsOfPercent(body.rate),
          description: body.description,
          validFrom: new Date(body.validFrom),
          validTo: typeof body.validTo === 'string' ? new Date(body.validTo) : null,
          createdAt: now,
          updatedAt: now,
        },
        skipDuplicates: true,
      });
      if (count === 0) throw conflict('TAX_RATE_EXISTS', 'There is a rate for this HSN prefix from this time already.');
      const after = toTaxRateView(await tx.models.taxRate.findUniqueOrThrow({ where: { id } }));
      const said = {
        actorId: requireUser(caller),
        businessId: caller.businessId,
        action: 'TAX_RATE_CREATED',
        subjectType: 'tax-rate',
        subjectId: id,
      };
      await appendToOutbox(tx, [adminAction({ ...said, before: null, after, occurredAt: now })]);
      return after;
    });
    this.inForce.drop();
    return view;
  }
}
