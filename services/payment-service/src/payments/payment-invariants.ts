import type { Invariant } from '@reseller/persistence';

/** Money that came in, however it came. */
const CAPTURED = `select * from payments where captured_at is not null`;

/**
 * What must hold of this database whatever failed. Run after storms by tests, and on a live one by the invariants command.
 * Said a second time, in SQL: it must not be the code that it checks.
 */
export const PAYMENT_INVARIANTS: readonly Invariant[] = [
  {
    name: 'an order has at most one settling payment, and its account names it',
    sql: `select subject_id, settling_payment_id, array_agg(payments.id) filter (where settles) as settling
      from subject_accounts left join payments using (subject_id)
      group by subject_id
      having count(*) filter (where settles) > 1
        or (array_agg(payments.id) filter (where settles))[1] is distinct from settling_payment_id`,
  },
  {
    name: 'a settling payment is of the amount and in the currency that were asked for',
    sql: `select id, amount_paise, captured_paise, currency from payments
      where settles and (amount_paise <> captured_paise or currency <> 'INR')`,
  },
  {
    name: 'captured = kept + refunded + owed, and what is given back is the sum of its refunds',
    sql: `select payments.id, captured_paise, refund_committed_paise, refunded_paise,
        coalesce(sum(refunds.amount_paise) filter (where refunds.status <> 'CALLED_OFF'), 0) as committed_by_refunds,
        coalesce(sum(refunds.amount_paise) filter (where refunds.status = 'PROCESSED'), 0) as processed_by_refunds
      from payments left join refunds on refunds.payment_id = payments.id
      group by payments.id
      having refund_committed_paise <> coalesce(sum(refunds.amount_paise) filter (where refunds.status <> 'CALLED_OFF'), 0)
        or refunded_paise <> coalesce(sum(refunds.amount_paise) filter (where refunds.status = 'PROCESSED'), 0)
        or refund_committed_paise > captured_paise
        or payments.bounced_paise <> coalesce(sum(refunds.bounced_paise), 0)`,
  },
  {
    name: 'money that did not settle its order is given back in full, or owed',
    sql: `select id, subject_id, captured_paise, refund_committed_paise from (${CAPTURED}) captured
      where not settles and refund_committed_paise <> captured_paise`,
  },
  {
    name: 'nothing is kept of an order that was closed',
    sql: `select captured.id, captured.subject_id, captured_paise, refund_committed_paise
      from (${CAPTURED}) captured join subject_accounts using (subject_id)
      where closed_at is not null and refund_committed_paise <> captured_paise`,
  },
  {
    name: 'an order that is closed or paid has no open payment',
    sql: `select payments.id, subject_id from payments join subject_accounts using (subject_id)
      where is_open and (closed_at is not null or settling_payment_id is not null)`,
  },
  {
    name: 'the status of a payment says what its money says',
    sql: `select id, status, captured_paise, refunded_paise from payments
      where status <> 'INTEGRITY_FAILED' and amount_paise > 0 and status <> case
        when captured_at is null then case when status in ('PENDING', 'PROCESSING', 'FAILED') then status else 'not captured' end
        when refunded_paise = 0 then 'SUCCESS'
        when refunded_paise = captured_paise then 'REFUNDED'
        else 'PARTIALLY_REFUNDED' end`,
  },
  {
    name: 'every settling payment was told, once',
    sql: `select payments.id, count(outbox.id) as told from payments
      left join outbox on outbox.type = 'PAYMENT_SUCCESS' and outbox.aggregate_id = payments.subject_id::text
      where settles and captured_at > now() - interval '1 day'
      group by payments.id having count(outbox.id) <> 1`,
  },
  {
    name: 'every refund that was processed was told, once, and once more each time that it bounced',
    sql: `select refunds.id, bounces, count(outbox.id) as told from refunds
      left join outbox on outbox.type = 'PAYMENT_REFUNDED' and outbox.aggregate_id = refunds.subject_id::text
        and outbox.payload -> 'data' ->> 'refundId' = refunds.id::text
      where status = 'PROCESSED' and processed_at > now() - interval '1 day'
      group by refunds.id
      having count(outbox.id) not between case when refunds.created_at > now() - interval '1 day' then bounces + 1 else 1 end and bounces + 1`,
  },
  {
    name: 'every refund that Razorpay can make has a time to be tried or looked at',
    sql: `select id, status from refunds
      where (status in ('REQUESTED', 'PENDING', 'FAILED_RETRYING')) <> (next_try_at is not null)`,
  },
  {
    name: 'every attempt that was captured has a payment with its money',
    sql: `select razorpay_payment_id from payment_attempts attempt where status = 'captured' and not exists (
      select 1 from payments where payments.razorpay_payment_id = attempt.razorpay_payment_id
        and payments.id = attempt.payment_id and captured_paise = attempt.amount_paise)`,
  },
];
