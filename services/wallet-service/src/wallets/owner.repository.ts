import { Injectable } from '@nestjs/common';
import { Copies, type Sql } from '@reseller/persistence';

/** What was last heard of users. Kept of everybody: who is disabled today may have a wallet tomorrow. */
@Injectable()
export class OwnerRepository extends Copies<{ isActive: boolean }> {
  constructor() {
    super('owners', ['isActive']);
  }

  /** An account of which nothing was heard is open. */
  async isActive(sql: Sql, id: string): Promise<boolean> {
    return (await this.find(sql, id))?.isActive ?? true;
  }
}
