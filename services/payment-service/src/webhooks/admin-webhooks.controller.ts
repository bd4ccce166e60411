import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, LiveAdmin, requireUser, Returns, Roles, toPage, uuid, type Identity } from '@reseller/http';
import { ReplayWebhook } from './replay-webhook.js';
import { WebhookQueries } from './webhook.queries.js';
import {
  listWebhooksQuery,
  toWebhookView,
  toWholeWebhookView,
  webhookPage,
  webhookView,
  wholeWebhookView,
  type ListWebhooksQuery,
} from './webhooks.schemas.js';

@ApiTags('webhooks')
@Roles('ADMIN')
@Controller('admin/payments/webhooks')
export class AdminWebhooksController {
  constructor(
    private readonly webhooks: WebhookQueries,
    private readonly replayWebhook: ReplayWebhook,
  ) {}

  @Get()
  @Returns(webhookPage, { description: 'What Razorpay has told, and what came of it' })
  async list(@Query({ schema: listWebhooksQuery }) query: ListWebhooksQuery, @Caller() { businessId }: Identity) {
    const { event, razorpayOrderId, razorpayPaymentId, pending } = query;
    const filter = { businessId, eventType: event, razorpayOrderId, razorpayPaymentId, pending };
    const page = await this.webhooks.list(filter, toPage(query));
    return { ...page, data: page.data.map(toWebhookView) };
  }

  @Get(':id')
  @Returns(wholeWebhookView, { description: 'One webhook with its body as it came; it names the payer' })
  async show(@Param('id', { schema: uuid() }) id: string, @Caller() { businessId }: Identity) {
    return toWholeWebhookView(await this.webhooks.get(id, businessId));
  }

  @Post(':id/replay')
  @LiveAdmin()
  @HttpCode(200)
  @Returns(webhookView, { description: 'The webhook after it was worked again' })
  async replay(@Param('id', { schema: uuid() }) id: string, @Caller() caller: Identity) {
    return toWebhookView(await this.replayWebhook.execute(id, caller.businessId, requireUser(caller)));
  }
}
