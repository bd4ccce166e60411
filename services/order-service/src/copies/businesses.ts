import { Injectable } from '@nestjs/common';
import { DEFAULT_BUSINESS_ID, DEFAULT_BUSINESS_SETTINGS, DEFAULT_TENANT_ID } from '@reseller/contracts';
import { Database, type SqlTx } from '@reseller/persistence';
import { LRUCache } from 'lru-cache';
import { AuthClient, type Business } from '../clients/auth.client.js';
import { BUSINESS_COPIES } from './copies.js';

/** A changed setting shows at once where its event was handled, and on the other instances after this; settings change a few times a year, orders come every second. */
const CACHE_TTL_MS = 5_000;

const DEFAULT_BUSINESS: Business = {
  businessId: DEFAULT_BUSINESS_ID,
  tenantId: DEFAULT_TENANT_ID,
  name: 'Default business',
  isActive: true,
  settings: DEFAULT_BUSINESS_SETTINGS,
};

/** Businesses and their settings, from the copy; auth is asked for those whose event has not arrived. */
@Injectable()
export class Businesses {
  private readonly cache = new LRUCache<string, Business>({ max: 1_000, ttl: CACHE_TTL_MS });

  constructor(
    private readonly database: Database,
    private readonly auth: AuthClient,
  ) {}

  async find(businessId: string): Promise<Business> {
    const cached = this.cache.get(businessId);
    if (cached !== undefined) return cached;
    const business = (await this.copyOf(businessId)) ?? (await this.ask(businessId));
    this.cache.set(businessId, business);
    return business;
  }

  /** As the copy has them; nothing of a business that was not heard of. Asks nobody, so it fits inside a transaction. */
  async settings(businessId: string, tx: SqlTx): Promise<Partial<Business['settings']>> {
    return (this.cache.get(businessId) ?? (await this.copyOf(businessId, tx)))?.settings ?? {};
  }

  /** Its settings were just told anew. */
  forget(businessId: string): void {
    this.cache.delete(businessId);
  }

  private async copyOf(businessId: string, reader: SqlTx | Database = this.database): Promise<Business | undefined> {
    return (await BUSINESS_COPIES.find(reader, businessId))?.body;
  }

  /** The default business exists before anybody tells of it; its settings are known. */
  private async ask(businessId: string): Promise<Business> {
    if (businessId === DEFAULT_BUSINESS_ID) return DEFAULT_BUSINESS;
    const { version, business } = await this.auth.business(businessId);
    await BUSINESS_COPIES.keep(this.database, { id: businessId, version, body: business });
    return business;
  }
}
