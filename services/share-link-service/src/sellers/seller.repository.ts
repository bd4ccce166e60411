import { Injectable } from '@nestjs/common';
import { Copies, type Sql } from '@reseller/persistence';

/** Whether somebody may sell, as far as was heard: an account that nothing was said of is open. */
export const SELLER_IS_ACTIVE = (sellerId: string): string =>
  `coalesce((select is_active from sellers where id = ${sellerId}), true)`;

@Injectable()
export class SellerRepository extends Copies<{ isActive: boolean }> {
  constructor() {
    super('sellers', ['isActive']);
  }

  async isActive(sql: Sql, id: string): Promise<boolean> {
    return (await this.find(sql, id))?.isActive ?? true;
  }
}
