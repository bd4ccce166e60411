import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  Caller,
  IdempotencyKeys,
  IdempotentCall,
  LiveAdmin,
  requireUser,
  Returns,
  uuid,
  type IdempotentRequest,
  type Identity,
} from '@reseller/http';
import { paiseFromRupees } from '@reseller/money';
import { WalletAccess } from '../wallets/wallet-access.js';
import { AdjustWallet } from './adjust-wallet.js';
import {
  adjustmentView,
  adjustWalletBody,
  toAdjustmentView,
  type AdjustmentView,
  type AdjustWalletBody,
} from './adjustments.schemas.js';

@ApiTags('wallets')
@Controller('wallets')
export class AdjustmentsController {
  constructor(
    private readonly access: WalletAccess,
    private readonly idempotency: IdempotencyKeys,
    private readonly adjustWallet: AdjustWallet,
  ) {}

  @Post(':sellerId/adjustments')
  @LiveAdmin()
  @Returns(adjustmentView, { status: 201, description: 'The adjustment and the balances after it' })
  async adjust(
    @Param('sellerId', { schema: uuid() }) sellerId: string,
    @Body({ schema: adjustWalletBody }) body: AdjustWalletBody,
    @Caller() caller: Identity,
    @IdempotentCall() request: IdempotentRequest,
  ): Promise<AdjustmentView> {
    const adjustedBy = requireUser(caller);
    const { businessId } = await this.access.require(caller, sellerId);
    return this.idempotency.run(request, adjustedBy, async (step) => {
      const amountPaise = paiseFromRupees(body.amount);
      const adjustment = { id: step.subjectId, sellerId, amountPaise, reason: body.reason, adjustedBy };
      const after = await this.adjustWallet.execute({
        adjustment,
        businessId,
        remember: (tx, balances) => step.remember(tx, 201, toAdjustmentView(adjustment, balances)),
      });
      return toAdjustmentView(adjustment, after);
    });
  }
}
