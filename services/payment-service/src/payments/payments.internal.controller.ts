import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { InternalOnly, Returns, uuid } from '@reseller/http';
import type { z } from 'zod';
import { IsGoingBack } from '../refunds/is-going-back.js';
import { AttachPayment } from './attach-payment.js';
import { ConfirmUnpaid } from './confirm-unpaid.js';
import {
  attachPaymentBody,
  confirmUnpaidBody,
  goingBackView,
  offlinePaymentBody,
  recordedView,
  unpaidView,
} from './payments.schemas.js';
import { RecordOfflinePayment } from './record-offline-payment.js';

/** What the order service may ask and have recorded. */
@InternalOnly('order')
@Controller('internal/orders')
export class InternalPaymentsController {
  constructor(
    private readonly confirmUnpaid: ConfirmUnpaid,
    private readonly recordOfflinePayment: RecordOfflinePayment,
    private readonly attachPayment: AttachPayment,
    private readonly isGoingBack: IsGoingBack,
  ) {}

  @Get(':orderId/refunds')
  @Returns(goingBackView)
  async refunds(@Param('orderId', { schema: uuid() }) orderId: string) {
    return { isGoingBack: await this.isGoingBack.execute(orderId) };
  }

  @Post(':orderId/confirm-unpaid')
  @HttpCode(200)
  @Returns(unpaidView)
  confirm(
    @Param('orderId', { schema: uuid() }) orderId: string,
    @Body({ schema: confirmUnpaidBody }) { reason }: z.infer<typeof confirmUnpaidBody>,
  ) {
    return this.confirmUnpaid.execute(orderId, reason);
  }

  @Post(':orderId/offline-payments')
  @HttpCode(200)
  @Returns(recordedView)
  async recordOffline(
    @Param('orderId', { schema: uuid() }) orderId: string,
    @Body({ schema: offlinePaymentBody }) { actorId, notes }: z.infer<typeof offlinePaymentBody>,
  ) {
    return { paymentId: await this.recordOfflinePayment.execute({ orderId, actorId, notes: notes ?? null }) };
  }

  @Post(':orderId/attach-payment')
  @HttpCode(200)
  @Returns(recordedView)
  async attach(
    @Param('orderId', { schema: uuid() }) orderId: string,
    @Body({ schema: attachPaymentBody }) body: z.infer<typeof attachPaymentBody>,
  ) {
    return { paymentId: await this.attachPayment.execute({ orderId, ...body }) };
  }
}
