import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  Caller,
  IdempotencyKeys,
  IdempotentCall,
  LiveAdmin,
  OpenToGuests,
  requireUser,
  Returns,
  Roles,
  uuid,
  type IdempotentRequest,
  type Identity,
} from '@reseller/http';
import { paiseFromRupees } from '@reseller/money';
import { FindPayment } from '../payments/find-payment.js';
import { FindRefund } from './find-refund.js';
import { ListRefunds } from './list-refunds.js';
import { RefundPayment } from './refund-payment.js';
import {
  listRefundsQuery,
  refundBody,
  refundPage,
  refundView,
  settleOtherwiseBody,
  toRefundView,
  type ListRefundsQuery,
  type RefundBody,
  type SettleOtherwiseBody,
} from './refunds.schemas.js';
import { SettleRefundOtherwise } from './settle-refund-otherwise.js';

@ApiTags('refunds')
@Controller()
export class RefundsController {
  constructor(
    private readonly refundPayment: RefundPayment,
    private readonly settleOtherwise: SettleRefundOtherwise,
    private readonly findPayment: FindPayment,
    private readonly findRefund: FindRefund,
    private readonly listRefunds: ListRefunds,
    private readonly idempotency: IdempotencyKeys,
  ) {}

  @Post('payments/:id/refund')
  @LiveAdmin()
  @Returns(refundView, { status: 201, description: 'The refund: asked for, not yet with the customer' })
  async refund(
    @Param('id', { schema: uuid() }) paymentId: string,
    @Body({ schema: refundBody }) body: RefundBody,
    @Caller() caller: Identity,
    @IdempotentCall() request: IdempotentRequest,
  ) {
    const requestedBy = requireUser(caller);
    const payment = await this.findPayment.toChange(paymentId, caller);
    return this.idempotency.run(request, requestedBy, async (step) => {
      const refund = await this.refundPayment.execute({
        id: step.subjectId,
        paymentId: payment.id,
        amountPaise: body.amount === undefined ? undefined : paiseFromRupees(body.amount),
        reason: body.reason,
        notes: body.notes,
        requestedBy,
        remember: (tx, asked) => step.remember(tx, 201, toRefundView(asked, caller)),
      });
      return toRefundView(refund, caller);
    });
  }

  @Get('payments/:id/refunds')
  @OpenToGuests()
  @Returns(refundPage, { description: 'The refunds of a payment' })
  async ofPayment(@Param('id', { schema: uuid() }) paymentId: string, @Caller() caller: Identity) {
    const page = await this.listRefunds.ofPayment(paymentId, caller);
    return { ...page, data: page.data.map((refund) => toRefundView(refund, caller)) };
  }

  @Get('refunds')
  @Returns(refundPage, { description: 'Refunds: one’s own, or for an administrator all' })
  async list(@Query({ schema: listRefundsQuery }) query: ListRefundsQuery, @Caller() caller: Identity) {
    const page = await this.listRefunds.execute(query, caller);
    return { ...page, data: page.data.map((refund) => toRefundView(refund, caller)) };
  }

  @Get('refunds/:id')
  @OpenToGuests()
  @Returns(refundView, { description: 'One refund' })
  async show(@Param('id', { schema: uuid() }) id: string, @Caller() caller: Identity) {
    return toRefundView(await this.findRefund.execute(id, caller), caller);
  }

  @Get('admin/refunds')
  @Roles('ADMIN')
  @Returns(refundPage, { description: 'All refunds; `status=NEEDS_OTHER_MEANS` are those that wait for a person' })
  listForAdmin(@Query({ schema: listRefundsQuery }) query: ListRefundsQuery, @Caller() caller: Identity) {
    return this.list(query, caller);
  }

  @Post('admin/refunds/:id/settle-otherwise')
  @LiveAdmin()
  @HttpCode(200)
  @Returns(refundView, { description: 'The refund, processed by other means than Razorpay' })
  async settle(
    @Param('id', { schema: uuid() }) id: string,
    @Body({ schema: settleOtherwiseBody }) { means }: SettleOtherwiseBody,
    @Caller() caller: Identity,
  ) {
    const refund = await this.findRefund.toChange(id, caller);
    return toRefundView(await this.settleOtherwise.execute(refund.id, { means, actorId: requireUser(caller) }), caller);
  }
}
