import { Injectable } from '@nestjs/common';
import type { Sql } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { ASSET, SELLER_ACCOUNTS } from '../ledger/account.js';

export interface OpenWalletCommand {
  readonly sellerId: string;
  readonly businessId: string;
  /** Version of the user event that says so; null where the wallet is opened before the user was heard of. */
  readonly userVersion: bigint | null;
}

// Opening a wallet that is open changes nothing, except the business that a newer user event says. The accounts
// get ascending ids in one fixed order: it is the order in which they are locked.
const OPEN = `
with wallet as (
  insert into wallets (id, seller_id, business_id, user_version) values ($1, $2, $3, $4)
  on conflict (seller_id) do update
    set business_id = excluded.business_id, user_version = excluded.user_version, updated_at = now()
    where coalesce(wallets.user_version, -1) < excluded.user_version
)
insert into accounts (id, owner_id, kind, asset, may_go_below_zero, balance_paise)
select id, $2, kind, '${ASSET}', kind = 'RECEIVABLE', 0 from unnest($5::uuid[], $6::text[]) as account(id, kind)
on conflict do nothing`;

/** Gives a reseller a wallet with its four accounts. */
@Injectable()
export class OpenWallet {
  async execute(sql: Sql, command: OpenWalletCommand): Promise<void> {
    await sql.query(OPEN, [
      newId(),
      command.sellerId,
      command.businessId,
      command.userVersion,
      SELLER_ACCOUNTS.map(() => newId()),
      SELLER_ACCOUNTS,
    ]);
  }
}
