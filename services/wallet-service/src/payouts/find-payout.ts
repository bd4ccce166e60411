import { Injectable } from '@nestjs/common';
import type { Identity } from '@reseller/http';
import { notFound } from '@reseller/runtime';
import { businessScopeOf } from '../wallets/business-scope.js';
import { PayoutQueries, type PayoutRecord } from './payout.queries.js';

/** A payout as its seller or an administrator may see it; to everybody else it does not exist. */
@Injectable()
export class FindPayout {
  constructor(private readonly payouts: PayoutQueries) {}

  /** @throws 404 PAYOUT_NOT_FOUND */
  async execute(id: string, caller: Identity): Promise<PayoutRecord> {
    const payout = await this.payouts.find(id);
    if (payout !== null && isVisible(payout, caller)) return payout;
    throw notFound('PAYOUT_NOT_FOUND', 'There is no such payout.');
  }
}

function isVisible(payout: PayoutRecord, caller: Identity): boolean {
  if (payout.sellerId === caller.userId) return true;
  const { businessId } = businessScopeOf(caller);
  return caller.isAdmin && (businessId === undefined || businessId === payout.businessId);
}
