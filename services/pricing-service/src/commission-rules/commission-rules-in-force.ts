import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { ShortLived } from '@reseller/runtime';
import { CONFIG, type PricingServiceConfig } from '../pricing-service.config.js';
import type { CommissionRule } from './commission.js';

/** Whole, because rules are few; `chooseCommissionRule` decides which one applies. */
const READ = `select id, business_id as "businessId", scope, scope_id as "scopeId", basis, rate_bps as "rateBps",
    valid_from as "validFrom", valid_to as "validTo", is_active as "isActive"
  from commission_rules where is_active and (valid_to is null or valid_to > now())`;

/** The rules that a quote chooses from, in memory; dropped by the use cases that change them. */
@Injectable()
export class CommissionRulesInForce {
  private readonly rules: ShortLived<readonly CommissionRule[]>;

  constructor(database: Database, @Inject(CONFIG) config: PricingServiceConfig) {
    this.rules = new ShortLived<readonly CommissionRule[]>(() => database.query<CommissionRule>(READ), {
      max: 1,
      ttlMs: config.PRICING_CACHE_TTL,
    });
  }

  all(): Promise<readonly CommissionRule[]> {
    return this.rules.get('all');
  }

  drop(): void {
    this.rules.drop('all');
  }
}
