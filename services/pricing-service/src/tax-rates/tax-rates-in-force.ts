import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { ShortLived } from '@reseller/runtime';
import { CONFIG, type PricingServiceConfig } from '../pricing-service.config.js';
import type { TaxRate } from './tax-rate.js';

const READ = `select id, hsn_prefix as "hsnPrefix", rate_bps as "rateBps", valid_from as "validFrom", valid_to as "validTo"
  from tax_rates where valid_to is null or valid_to > now()`;

/** The rates that a quote chooses from, in memory; dropped by the use cases that change them. */
@Injectable()
export class TaxRatesInForce {
  private readonly rates: ShortLived<readonly TaxRate[]>;

  constructor(database: Database, @Inject(CONFIG) config: PricingServiceConfig) {
    this.rates = new ShortLived<readonly TaxRate[]>(() => database.query<TaxRate>(READ), {
      max: 1,
      ttlMs: config.PRICING_CACHE_TTL,
    });
  }

  all(): Promise<readonly TaxRate[]> {
    return this.rates.get('all');
  }

  drop(): void {
    this.rates.drop('all');
  }
}
