import { Injectable } from '@nestjs/common';
import type { SqlTx } from '@reseller/persistence';
import type { PayoutStatus } from './payout-status.js';
import type { Payout } from './payout.js';

const ROW = `id, seller_id as "sellerId", business_id as "businessId", amount_paise as "amountPaise", currency, status,
  bank_account as "bankAccount", notes, admin_notes as "adminNotes", reference, requested_by as "requestedBy",
  decided_by as "decidedBy", decided_at as "decidedAt", version, created_at as "createdAt", updated_at as "updatedAt"`;

const INSERT = `insert into payouts (id, seller_id, business_id, amount_paise, status, bank_account, notes, requested_by)
  values ($1, $2, $3, $4, 'PENDING', $5, $6, $7) returning ${ROW}`;

const LOCK = `select ${ROW} from payouts where id = $1 for update`;

const DECIDE = `update payouts set status = $2, admin_notes = coalesce($3, admin_notes), reference = coalesce($4, reference),
  decided_by = $5, decided_at = now(), updated_at = now(), version = version + 1
  where id = $1 returning ${ROW}`;

export interface NewPayout {
  readonly id: string;
  readonly sellerId: string;
  readonly businessId: string;
  readonly amountPaise: bigint;
  readonly bankAccount: string | null;
  readonly notes: string | null;
  readonly requestedBy: string;
}

export interface PayoutDecision {
  readonly status: PayoutStatus;
  readonly notes: string | null;
  readonly reference: string | null;
  readonly decidedBy: string;
}

@Injectable()
export class PayoutRepository {
  async insert(tx: SqlTx, payout: NewPayout): Promise<Payout> {
    const { id, sellerId, businessId, amountPaise, bankAccount, notes, requestedBy } = payout;
    return only(
      await tx.query<Payout>(INSERT, [id, sellerId, businessId, amountPaise, bankAccount, notes, requestedBy]),
    );
  }

  /** Locked until the transaction ends: of two decisions the second one sees the first. */
  async lock(tx: SqlTx, id: string): Promise<Payout | undefined> {
    const [payout] = await tx.query<Payout>(LOCK, [id]);
    return payout;
  }

  async decide(tx: SqlTx, id: string, decision: PayoutDecision): Promise<Payout> {
    const { status, notes, reference, decidedBy } = decision;
    return only(await tx.query<Payout>(DECIDE, [id, status, notes, reference, decidedBy]));
  }
}

function only([row]: readonly Payout[]): Payout {
  if (row === undefined) throw new Error('a payout was written and no row came back');
  return row;
}
