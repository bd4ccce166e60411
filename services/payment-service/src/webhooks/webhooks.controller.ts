import { Controller, Headers, HttpCode, Post, Req, type RawBodyRequest } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiTags } from '@nestjs/swagger';
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
  @ApiHeader({
    name: 'x-razorpay-signature',
    required: true,
    description:
      'HMAC-SHA256 of the body, byte for byte, with the webhook secret; in hex. It stands in for any sign-in.',
    schema: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  })
  @ApiHeader({
    name: 'x-razorpay-event-id',
    required: false,
    description: 'The event is taken once by this id; without it, once by its body.',
    schema: { type: 'string', maxLength: 100 },
  })
  @ApiBody({ description: 'A webhook as Razorpay sends it', schema: { type: 'object', additionalProperties: true } })
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
