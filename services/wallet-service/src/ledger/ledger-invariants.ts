import type { Invariant } from '@reseller/persistence';

// What an order's facts call for, said a second time, in SQL: it must not be the code that it checks.
const COMMISSIONS_WITH_KEPT = `
  select *, case
    when locked_at is null or cancelled_at is not null then 0
    when refunded_paise = 0 then commission_paise
    when refunded_paise >= order_total_paise then 0
    else commission_paise
      - div(2 * commission_paise::numeric * refunded_paise + order_total_paise, 2 * order_total_paise::numeric)
  end as kept_paise
  from commissions`;

const BALANCE = (kind: string): string =>
  `coalesce((select balance_paise from accounts where owner_id = wallets.seller_id and kind = '${kind}'), 0)`;

/** What `npm run verify:invariants` and the tests ask of a wallet database. Each query returns violations only. */
export const LEDGER_INVARIANTS: readonly Invariant[] = [
  {
    name: 'every journal sums to zero per asset',
    sql: `select journal_id, asset, sum(amount_paise) as off_by_paise from entries
      group by journal_id, asset having sum(amount_paise) <> 0`,
  },
  {
    name: 'every journal has at least two entries',
    sql: `select journals.id as journal_id, count(entries.id) as entries
      from journals left join entries on entries.journal_id = journals.id
      group by journals.id having count(entries.id) < 2`,
  },
  {
    name: 'every balance is the sum of its entries',
    sql: `select accounts.id as account_id, accounts.kind, balance_paise, coalesce(sum(amount_paise), 0) as entries_paise
      from accounts left join entries on entries.account_id = accounts.id
      where balance_paise is not null
      group by accounts.id having balance_paise <> coalesce(sum(amount_paise), 0)`,
  },
  {
    name: 'every entry begins where the one before it on its account ended',
    sql: `select * from (
        select id as entry_id, account_id, balance_before_paise,
          lag(balance_after_paise, 1, 0::bigint) over (partition by account_id order by seq) as balance_paise
        from entries where balance_after_paise is not null
      ) chained where balance_before_paise <> balance_paise`,
  },
  {
    name: 'no balance is below zero that may not be, and nobody is owed through RECEIVABLE',
    sql: `select id as account_id, kind, balance_paise from accounts
      where (balance_paise < 0 and not may_go_below_zero) or (kind = 'RECEIVABLE' and balance_paise > 0)`,
  },
  {
    name: 'nobody has something available while they owe',
    sql: `select seller_id from wallets where ${BALANCE('AVAILABLE')} > 0 and ${BALANCE('RECEIVABLE')} < 0`,
  },
  {
    name: 'commission posted is what the facts of its order call for',
    sql: `select order_id, kept_paise, posted_pending_paise, posted_available_paise
      from (${COMMISSIONS_WITH_KEPT}) commission
      where posted_pending_paise <> case when unlocked_at is null then kept_paise else 0 end
        or posted_available_paise <> case when unlocked_at is null then 0 else kept_paise end`,
  },
  {
    name: 'commission posted is what the ledger holds for its order',
    sql: `select commissions.order_id, posted_pending_paise, posted_available_paise from commissions
      left join lateral (
        select coalesce(sum(amount_paise) filter (where kind = 'PENDING'), 0) as pending_paise,
          coalesce(sum(amount_paise) filter (where kind in ('AVAILABLE', 'RECEIVABLE')), 0) as available_paise
        from journals join entries on entries.journal_id = journals.id join accounts on accounts.id = entries.account_id
        where journals.order_id = commissions.order_id
      ) held on true
      where posted_pending_paise <> pending_paise or posted_available_paise <> available_paise`,
  },
  {
    name: 'every commission journal belongs to an order whose facts are known',
    sql: `select journals.id as journal_id, order_id from journals
      where type like 'COMMISSION_%' and not exists (select 1 from commissions where commissions.order_id = journals.order_id)`,
  },
  {
    name: 'total earnings are the commission posted',
    sql: `select wallets.seller_id, total_earnings_paise from wallets
      left join commissions on commissions.seller_id = wallets.seller_id
      group by wallets.id
      having total_earnings_paise <> coalesce(sum(posted_pending_paise + posted_available_paise), 0)`,
  },
  {
    name: 'payouts under way are what is in transit',
    sql: `select wallets.seller_id, ${BALANCE('PAYOUT_IN_TRANSIT')} as in_transit_paise from wallets
      left join payouts on payouts.seller_id = wallets.seller_id and status in ('PENDING', 'APPROVED')
      group by wallets.id
      having ${BALANCE('PAYOUT_IN_TRANSIT')} <> coalesce(sum(amount_paise), 0)`,
  },
  {
    name: 'payouts completed are what has been cleared',
    sql: `select cleared_paise, completed_paise from
      (select coalesce(sum(entries.amount_paise), 0) as cleared_paise from entries
        join accounts on accounts.id = entries.account_id and kind = 'PAYOUT_CLEARING') cleared,
      (select coalesce(sum(amount_paise), 0) as completed_paise from payouts where status = 'COMPLETED') completed
      where cleared_paise <> completed_paise`,
  },
];
