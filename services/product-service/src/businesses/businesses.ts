import { Injectable } from '@nestjs/common';
import { Copies, Database } from '@reseller/persistence';
import { unprocessable } from '@reseller/runtime';
import { AuthClient } from '../clients/auth.client.js';

/** What this service needs of a business. */
export const BUSINESS_COPIES = new Copies<{ readonly name: string; readonly isActive: boolean }>('businesses', [
  'name',
  'isActive',
]);

/** Who may sell, from the copy; auth is asked for a business whose event has not arrived. */
@Injectable()
export class Businesses {
  constructor(
    private readonly database: Database,
    private readonly auth: AuthClient,
  ) {}

  /** May ask auth, so it comes before a transaction. @throws 422 BUSINESS_UNKNOWN; 503 or 504 when auth cannot be asked. */
  async requireActive(businessId: string): Promise<void> {
    const business = (await BUSINESS_COPIES.find(this.database, businessId)) ?? (await this.ask(businessId));
    if (business?.isActive !== true) throw unprocessable('BUSINESS_UNKNOWN', 'There is no such active business.');
  }

  private async ask(businessId: string): Promise<{ readonly isActive: boolean } | undefined> {
    const business = await this.auth.business(businessId);
    if (business !== undefined) await BUSINESS_COPIES.keep(this.database, { ...business, id: businessId });
    return business;
  }
}
