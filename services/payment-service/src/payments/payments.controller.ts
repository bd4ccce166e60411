import { createHash } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  Caller,
  IdempotencyKeys,
  IdempotentCall,
  LiveAdmin,
  OpenToGuests,
  orderRef,
  Public,
  requireUser,
  Returns,
  uuid,
  type IdempotentRequest,
  type Identity,
} from '@reseller/http';
import { paiseFromRupees } from '@reseller/money';
import type { SqlTx } from '@reseller/persistence';
import { CONFIG, type PaymentServiceConfig } from '../payment-service.config.js';
import type { CheckoutClaim } from '../razorpay/signatures.js';
import { CaptureByAdmin } from './capture-by-admin.js';
import { CreatePayment } from './create-payment.js';
import { FindPayment } from './find-payment.js';
import { ListPayments } from './list-payments.js';
import type { Payment } from './payment.js';
import {
  createdOrderView,
  createdPaymentView,
  createPaymentBody,
  listPaymentsQuery,
  paymentDetailView,
  paymentPage,
  paymentStatusView,
  paymentView,
  toPaymentDetailView,
  toPaymentStatusView,
  toPaymentView,
  toRazorpayOrderView,
  verifyEitherBody,
  type CreatePaymentBody,
  type ListPaymentsQuery,
  type VerifyBody,
} from './payments.schemas.js';
import { toVerifiedOrderView, verifiedOrderView } from './verified-order.schemas.js';
import { VerifyPayment } from './verify-payment.js';

@ApiTags('payments')
@Controller()
export class PaymentsController {
  constructor(
    private readonly createPayment: CreatePayment,
    private readonly verifyPayment: VerifyPayment,
    private readonly captureByAdmin: CaptureByAdmin,
    private readonly findPayment: FindPayment,
    private readonly listPayments: ListPayments,
    private readonly idempotency: IdempotencyKeys,
    @Inject(CONFIG) private readonly config: PaymentServiceConfig,
  ) {}

  @Post('payments')
  @OpenToGuests()
  @Returns(createdPaymentView, { status: 201, description: 'The order’s one open payment, with its Razorpay order' })
  create(
    @Body({ schema: createPaymentBody }) body: CreatePaymentBody,
    @Caller() caller: Identity,
    @IdempotentCall() request: IdempotentRequest,
  ) {
    return this.open(body, caller, request, (payment) => ({
      ...toPaymentView(payment, caller),
      razorpayOrder: toRazorpayOrderView(payment, this.config.RAZORPAY_KEY_ID),
    }));
  }

  @Post('payments/razorpay/create-order')
  @OpenToGuests()
  @Returns(createdOrderView, {
    status: 201,
    description: 'The order’s one open payment, and what checkout is opened with',
  })
  createRazorpayOrder(
    @Body({ schema: createPaymentBody }) body: CreatePaymentBody,
    @Caller() caller: Identity,
    @IdempotentCall() request: IdempotentRequest,
  ) {
    return this.open(body, caller, request, (payment) => ({
      payment: toPaymentView(payment, caller),
      razorpayOrder: toRazorpayOrderView(payment, this.config.RAZORPAY_KEY_ID),
    }));
  }

  @Post('payments/verify')
  @Public()
  @HttpCode(200)
  @Returns(paymentView, {
    description:
      'The payment: SUCCESS, or PROCESSING while Razorpay cannot confirm it. What comes in and goes back is 409 or 422.',
  })
  async verify(@Body({ schema: verifyEitherBody }) body: VerifyBody, @Caller() caller: Identity) {
    return toPaymentView(await this.verifyPayment.execute(claimOf(body), body.orderId), caller);
  }

  @Post('orders/verify-payment')
  @Public()
  @HttpCode(200)
  @Returns(verifiedOrderView, { description: 'As POST /payments/verify, and what it makes of the order' })
  async verifyOrder(@Body({ schema: verifyEitherBody }) body: VerifyBody, @Caller() caller: Identity) {
    const payment = await this.verifyPayment.execute(claimOf(body), body.orderId);
    return toVerifiedOrderView(payment, await this.findPayment.isOrderClosed(payment.subjectId), caller);
  }

  @Get('payments')
  @Returns(paymentPage, { description: 'Payments: one’s own, or for an administrator all' })
  async list(@Query({ schema: listPaymentsQuery }) query: ListPaymentsQuery, @Caller() caller: Identity) {
    const page = await this.listPayments.execute(query, caller);
    return { ...page, data: page.data.map((payment) => toPaymentView(payment, caller)) };
  }

  @Get('payments/order/:orderId')
  @OpenToGuests()
  @Returns(paymentDetailView, { description: 'The payment that settled the order, else the latest' })
  async ofOrder(@Param('orderId', { schema: orderRef() }) ref: string, @Caller() caller: Identity) {
    const { payment, trail } = await this.findPayment.ofOrder(ref, caller);
    return toPaymentDetailView(payment, trail, caller);
  }

  @Get('payments/:id')
  @OpenToGuests()
  @Returns(paymentDetailView, { description: 'One payment' })
  async show(@Param('id', { schema: uuid() }) id: string, @Caller() caller: Identity) {
    const { payment, trail } = await this.findPayment.execute(id, caller);
    return toPaymentDetailView(payment, trail, caller);
  }

  @Get('payments/:id/status')
  @OpenToGuests()
  @Returns(paymentStatusView, { description: 'How far a payment is: small, for who asks again and again' })
  async status(@Param('id', { schema: uuid() }) id: string, @Caller() caller: Identity) {
    return toPaymentStatusView(await this.findPayment.status(id, caller));
  }

  @Post('payments/:id/capture')
  @LiveAdmin()
  @HttpCode(200)
  @Returns(paymentView, { description: 'The payment, captured' })
  async capture(@Param('id', { schema: uuid() }) id: string, @Caller() caller: Identity) {
    const payment = await this.findPayment.toChange(id, caller);
    return toPaymentView(await this.captureByAdmin.execute(payment, requireUser(caller)), caller);
  }

  private open<View extends object>(
    body: CreatePaymentBody,
    caller: Identity,
    request: IdempotentRequest,
    toView: (payment: Payment) => View,
  ): Promise<View> {
    return this.idempotency.run(request, principalOf(caller, body.orderId), async (step) => {
      const payment = await this.createPayment.execute({
        id: step.subjectId,
        caller,
        orderRef: body.orderId,
        userId: body.userId,
        amountPaise: body.amount === undefined ? undefined : paiseFromRupees(body.amount),
        currency: body.currency,
        method: body.method ?? null,
        belongsTo: { businessId: body.businessId, customerId: body.customerId },
        notes: notesOf(body),
        ...(request.key === undefined
          ? {}
          : { remember: (tx: SqlTx, opened: Payment) => step.remember(tx, 201, toView(opened)) }),
      });
      return toView(payment);
    });
  }
}

function claimOf(body: VerifyBody): CheckoutClaim {
  return {
    razorpayOrderId: body.razorpay_order_id,
    razorpayPaymentId: body.razorpay_payment_id,
    signature: body.razorpay_signature,
  };
}

function notesOf({ notes, receipt }: CreatePaymentBody): Readonly<Record<string, string>> {
  return { ...notes, ...(receipt === undefined ? {} : { receipt }) };
}

/**
 * Whose idempotency key it is: the caller's, or for a guest that of their order with its token, so that an answer that is
 * kept is shown again only to who may see the order.
 */
function principalOf(caller: Identity, orderId: string): string {
  if (caller.userId !== null) return caller.userId;
  return `guest:${createHash('sha256')
    .update(`${orderId}\n${caller.orderToken ?? ''}`)
    .digest('hex')}`;
}
