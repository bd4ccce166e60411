import { Inject, Injectable } from '@nestjs/common';
import { businessSchema, DEFAULT_BUSINESS_ID, DEFAULT_BUSINESS_SETTINGS } from '@reseller/contracts';
import { Database } from '@reseller/persistence';
import { NewestVersions } from '../caching/newest-versions.js';
import { AuthClient } from '../clients/auth.client.js';
import { CONFIG, type PricingServiceConfig } from '../pricing-service.config.js';
import { BusinessCopyRepository, type BusinessCopy } from './business-copy.repository.js';

const BUSINESSES_MAX = 5_000;
/** Lower than any version that auth gives, so that the first event wins. */
const NOT_HEARD_YET = 0n;

/** The settings that prices depend on: memory, then the own table, then auth. */
@Injectable()
export class BusinessCopies {
  private readonly memory: NewestVersions<BusinessCopy>;
  private readonly loading = new Map<string, Promise<BusinessCopy>>();

  constructor(
    private readonly repository: BusinessCopyRepository,
    private readonly client: AuthClient,
    private readonly database: Database,
    @Inject(CONFIG) config: PricingServiceConfig,
  ) {
    this.memory = new NewestVersions({ max: BUSINESSES_MAX, ttlMs: config.PRICING_CACHE_TTL });
  }

  async settingsOf(businessId: string): Promise<BusinessCopy['settings']> {
    const known = this.memory.get(businessId);
    if (known !== undefined) return known.settings;
    let loading = this.loading.get(businessId);
    if (loading === undefined) {
      loading = this.load(businessId).finally(() => this.loading.delete(businessId));
      this.loading.set(businessId, loading);
    }
    return this.memory.keep(businessId, await loading).settings;
  }

  /** For the consumer, after its commit. */
  heard(businessId: string, copy: BusinessCopy): void {
    this.memory.keep(businessId, copy);
  }

  private async load(businessId: string): Promise<BusinessCopy> {
    const stored = await this.repository.find(businessId);
    if (stored !== undefined) return stored;
    if (businessId === DEFAULT_BUSINESS_ID) return { version: NOT_HEARD_YET, settings: DEFAULT_BUSINESS_SETTINGS };
    const answer = await this.client.findBusiness(businessId);
    const business = businessSchema.parse(answer);
    const version = BigInt(answer.version ?? 0);
    await this.repository.store(this.database, business, version);
    return { version, settings: business.settings };
  }
}
