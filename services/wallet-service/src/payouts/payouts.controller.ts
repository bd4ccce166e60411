import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  Caller,
  IdempotencyKeys,
  IdempotentCall,
  LiveAdmin,
  requireSelfOrAdmin,
  requireUser,
  Returns,
  toPage,
  uuid,
  type IdempotentRequest,
  type Identity,
  type Page,
} from '@reseller/http';
import { paiseFromRupees } from '@reseller/money';
import { businessScopeOf } from '../wallets/business-scope.js';
import { WalletAccess } from '../wallets/wallet-access.js';
import { DecidePayout } from './decide-payout.js';
import { FindPayout } from './find-payout.js';
import { PayoutQueries } from './payout.queries.js';
import {
  decidePayoutBody,
  payoutListQuery,
  payoutPage,
  payoutView,
  requestPayoutBody,
  toPayoutView,
  type DecidePayoutBody,
  type PayoutListQuery,
  type PayoutView,
  type RequestPayoutBody,
} from './payouts.schemas.js';
import { RequestPayout } from './request-payout.js';

@ApiTags('payouts')
@Controller('wallets')
export class PayoutsController {
  constructor(
    private readonly access: WalletAccess,
    private readonly idempotency: IdempotencyKeys,
    private readonly requestPayout: RequestPayout,
    private readonly decidePayout: DecidePayout,
    private readonly findPayout: FindPayout,
    private readonly payouts: PayoutQueries,
  ) {}

  @Get('payouts')
  @Returns(payoutPage, { description: 'Payouts: one’s own, or for an administrator all' })
  async list(
    @Query({ schema: payoutListQuery }) query: PayoutListQuery,
    @Caller() caller: Identity,
  ): Promise<Page<PayoutView>> {
    const sellerId = caller.isAdmin ? query.sellerId : (query.sellerId ?? requireUser(caller));
    if (sellerId !== undefined) requireSelfOrAdmin(caller, sellerId);
    const filter = { sellerId, status: query.status, ...businessScopeOf(caller) };
    const page = await this.payouts.list(filter, toPage(query));
    return { ...page, data: page.data.map(toPayoutView) };
  }

  @Get('payouts/:id')
  @Returns(payoutView, { description: 'One payout' })
  async show(@Param('id', { schema: uuid() }) id: string, @Caller() caller: Identity): Promise<PayoutView> {
    return toPayoutView(await this.findPayout.execute(id, caller));
  }

  @Patch('payouts/:id')
  @LiveAdmin()
  @Returns(payoutView, { description: 'The payout after the decision' })
  async decide(
    @Param('id', { schema: uuid() }) payoutId: string,
    @Body({ schema: decidePayoutBody }) body: DecidePayoutBody,
    @Caller() caller: Identity,
  ): Promise<PayoutView> {
    const payout = await this.decidePayout.execute({
      payoutId,
      status: body.status,
      notes: body.notes ?? null,
      reference: body.reference ?? null,
      decidedBy: requireUser(caller),
      scope: businessScopeOf(caller),
    });
    return toPayoutView(payout);
  }

  @Post(':sellerId/payouts')
  @Returns(payoutView, { status: 201, description: 'The payout, waiting for a decision' })
  async request(
    @Param('sellerId', { schema: uuid() }) sellerId: string,
    @Body({ schema: requestPayoutBody }) body: RequestPayoutBody,
    @Caller() caller: Identity,
    @IdempotentCall() request: IdempotentRequest,
  ): Promise<PayoutView> {
    const requestedBy = requireUser(caller);
    const { businessId } = await this.access.requireOpen(caller, sellerId);
    return this.idempotency.run(request, requestedBy, async (step) => {
      const payout = await this.requestPayout.execute({
        id: step.subjectId,
        sellerId,
        businessId,
        amountPaise: paiseFromRupees(body.amount),
        bankAccount: body.bankAccount ?? null,
        notes: body.notes ?? null,
        requestedBy,
        remember: (tx, asked) => step.remember(tx, 201, toPayoutView(asked)),
      });
      return toPayoutView(payout);
    });
  }
}
