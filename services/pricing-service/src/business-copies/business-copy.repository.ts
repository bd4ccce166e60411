import { Injectable } from '@nestjs/common';
import { businessSchema } from '@reseller/contracts';
import { Copies, Database, type Sql } from '@reseller/persistence';
import type { z } from 'zod';

export type BusinessFact = z.infer<typeof businessSchema>;

export interface BusinessCopy {
  readonly version: bigint;
  readonly settings: BusinessFact['settings'];
}

const COPIES = new Copies<{ business: unknown }>('business_copies', ['business'], ['heard_at']);

@Injectable()
export class BusinessCopyRepository {
  constructor(private readonly database: Database) {}

  async find(businessId: string): Promise<BusinessCopy | undefined> {
    const copy = await COPIES.find(this.database, businessId);
    return copy === undefined
      ? undefined
      : { version: copy.version, settings: businessSchema.parse(copy.business).settings };
  }

  store(sql: Sql, business: BusinessFact, version: bigint): Promise<void> {
    return COPIES.keep(sql, { id: business.businessId, version, business });
  }
}
