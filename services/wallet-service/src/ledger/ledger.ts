import { Injectable } from '@nestjs/common';
import { rupeesFromPaise } from '@reseller/money';
import type { SqlTx } from '@reseller/persistence';
import { conflict, newId } from '@reseller/runtime';
import { ASSET, balancesOf, ownerOf, type SellerBalances } from './account.js';
import type { Journal } from './journal.js';

/*
 * The only writer of journals, entries and balances.
 *
 * A journal is posted by one statement, because commission is posted for every sale: it locks the seller's accounts in
 * account order (two journals of one seller can wait for each other but never in a circle), moves the balances under the
 * guard that none goes below zero where it may not, and writes journal and entries only if every balance moved. The
 * platform's accounts keep no balance and are not locked, so that sales of different sellers never wait for each other.
 * Debit = credit and append-only are enforced by the database itself (see the migration).
 */
const POST = `
with legs as materialized (
  select leg.*, account.id as account_id, account.balance_paise is not null as keeps_balance
  from jsonb_to_recordset($9::jsonb) as leg(
    entry_id uuid, owner_id uuid, kind text, amount_paise bigint, is_principal boolean)
  left join accounts account on account.owner_id = leg.owner_id and account.kind = leg.kind and account.asset = $10
), locked as materialized (
  select id from accounts where id in (select account_id from legs where keeps_balance) order by id for no key update
), moved as (
  update accounts account set balance_paise = account.balance_paise + legs.amount_paise
  from locked join legs on legs.account_id = locked.id
  where account.id = locked.id and (account.may_go_below_zero or account.balance_paise + legs.amount_paise >= 0)
  returning legs.entry_id, account.balance_paise as balance_after_paise
), verdict as (
  select not exists (
    select 1 from legs left join moved using (entry_id)
    where account_id is null or (keeps_balance and balance_after_paise is null)
  ) as is_posted
), journal as (
  insert into journals (id, type, reference, description, order_id, payout_id, reverses, actor)
  select $1, $2, $3, $4, $5, $6, (select id from journals where reference = $7), $8 from verdict where is_posted
  returning id
), entry as (
  insert into entries (
    id, journal_id, account_id, owner_id, asset, amount_paise, balance_before_paise, balance_after_paise, is_principal)
  select entry_id, journal.id, account_id, owner_id, $10, amount_paise,
    balance_after_paise - amount_paise, balance_after_paise, is_principal
  from journal cross join legs left join moved using (entry_id)
)
select is_posted from verdict`;

const BALANCES = `select kind, balance_paise as "balancePaise" from accounts where owner_id = $1 and asset = $2`;

interface BalanceRow {
  readonly kind: string;
  readonly balancePaise: bigint | null;
}

@Injectable()
export class Ledger {
  /**
   * Posts a journal and moves the balances it names.
   *
   * @throws 409 INSUFFICIENT_BALANCE when a balance would go below zero; the transaction must then be rolled back.
   */
  async post(tx: SqlTx, journal: Journal): Promise<void> {
    const [verdict] = await tx.query<{ is_posted: boolean }>(POST, [
      journal.id,
      journal.type,
      journal.reference,
      journal.description,
      journal.orderId,
      journal.payoutId,
      journal.reverses,
      journal.actor,
      legsParam(journal),
      ASSET,
    ]);
    if (verdict?.is_posted !== true) throw await this.refusal(tx, journal.sellerId);
  }

  /** The seller's balances, locked in account order until the transaction ends: for movements that depend on them. */
  async lockBalances(tx: SqlTx, sellerId: string): Promise<SellerBalances> {
    return balancesOf(await tx.query<BalanceRow>(`${BALANCES} order by id for no key update`, [sellerId, ASSET]));
  }

  private async refusal(tx: SqlTx, sellerId: string): Promise<Error> {
    const rows = await tx.query<BalanceRow>(BALANCES, [sellerId, ASSET]);
    if (rows.length === 0) return new Error('a journal was posted to a seller without a wallet');
    const available = rupeesFromPaise(balancesOf(rows).AVAILABLE);
    return conflict('INSUFFICIENT_BALANCE', `The balance does not suffice: ₹${available.toFixed(2)} is available.`, {
      available,
    });
  }
}

function legsParam(journal: Journal): string {
  return JSON.stringify(
    journal.legs.map((leg) => ({
      entry_id: newId(),
      owner_id: ownerOf(leg.account, journal.sellerId),
      kind: leg.account,
      // As text: JSON numbers are floats.
      amount_paise: String(leg.amountPaise),
      is_principal: leg.isPrincipal,
    })),
  );
}
