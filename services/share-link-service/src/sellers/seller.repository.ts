import { Injectable } from '@nestjs/common';
import type { Sql } from '@reseller/persistence';

const KEEP = `insert into sellers (id, version, is_active) values ($1, $2, $3)
  on conflict (id) do update set version = excluded.version, is_active = excluded.is_active
    where sellers.version < excluded.version`;

/** Whether somebody may sell, as far as was heard: an account that nothing was said of is open. */
export const SELLER_IS_ACTIVE = (sellerId: string): string =>
  `coalesce((select is_active from sellers where id = ${sellerId}), true)`;

export interface SellerFact {
  readonly id: string;
  readonly version: number;
  readonly isActive: boolean;
}

@Injectable()
export class SellerRepository {
  async keep(sql: Sql, { id, version, isActive }: SellerFact): Promise<void> {
    await sql.query(KEEP, [id, version, isActive]);
  }

  async isActive(sql: Sql, sellerId: string): Promise<boolean> {
    const [row] = await sql.query<{ isActive: boolean }>(`select ${SELLER_IS_ACTIVE('$1')} as "isActive"`, [sellerId]);
    return row?.isActive ?? true;
  }
}
