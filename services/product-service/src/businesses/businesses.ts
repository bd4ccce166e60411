import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { unprocessable } from '@reseller/runtime';
import { AuthClient } from '../clients/auth.client.js';
import { KeepBusiness } from './keep-business.js';

/** Who may sell, from the copy; auth is asked for a business whose event has not arrived. */
@Injectable()
export class Businesses {
  constructor(
    private readonly database: Database,
    private readonly auth: AuthClient,
    private readonly keepBusiness: KeepBusiness,
  ) {}

  /** May ask auth, so it comes before a transaction. @throws 422 BUSINESS_UNKNOWN; 503 or 504 when auth cannot be asked. */
  async requireActive(businessId: string): Promise<void> {
    const isActive = (await this.copyOf(businessId)) ?? (await this.ask(businessId));
    if (isActive !== true) throw unprocessable('BUSINESS_UNKNOWN', 'There is no such active business.');
  }

  private async copyOf(businessId: string): Promise<boolean | undefined> {
    const [row] = await this.database.query<{ isActive: boolean }>(
      'select is_active as "isActive" from businesses where id = $1',
      [businessId],
    );
    return row?.isActive;
  }

  private async ask(businessId: string): Promise<boolean | undefined> {
    const business = await this.auth.business(businessId);
    if (business !== undefined) await this.keepBusiness.execute(this.database, business);
    return business?.isActive;
  }
}
