import { Controller, Headers, HttpCode, Post, Req, type RawBodyRequest } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Open, Returns } from '@reseller/http';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ReceiveWebhook } from './receive-webhook.js';

const receivedView = z.object({ received: z.boolean() });

/** Where Razorpay tells us things. Open: the signature over the raw body is the identity. */
@ApiTags('webhooks')
@Open()
@Controller()
export class WebhooksController {
  constructor(private readonly receiveWebhook: ReceiveWebhook) {}

  @Post(['payments/webhook', 'webhooks/razorpay', 'orders/webhook/razorpay'])
  @HttpCode(200)
  @Returns(receivedView, { description: 'Stored, or known already' })
  async receive(
    @Req() request: RawBodyRequest<FastifyRequest>,
    @Headers('x-razorpay-signature') signature?: string,
    @Headers('x-razorpay-event-id') eventId?: string,
  ) {
    await this.receiveWebhook.execute({ rawBody: request.rawBody, signature, eventId });
    return { received: true };
  }
}
