import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Returns, Roles, toPage, uuid, type Identity, type Page } from '@reseller/http';
import { CONFIG, showsLinks, type NotificationServiceConfig } from '../notification-service.config.js';
import { MessageQueries } from './message.queries.js';
import {
  messageListQuery,
  messagePage,
  messageView,
  toMessageFilter,
  toMessageView,
  type MessageListQuery,
  type MessageView,
} from './messages.schemas.js';
import { RetryMessage } from './retry-message.js';

@ApiTags('notifications')
@Roles('ADMIN')
@Controller('admin/notifications')
export class AdminMessagesController {
  constructor(
    private readonly messages: MessageQueries,
    private readonly retryMessage: RetryMessage,
    @Inject(CONFIG) private readonly config: NotificationServiceConfig,
  ) {}

  @Get()
  @Returns(messagePage, { description: 'Notifications of everybody in the administrator’s business' })
  async list(
    @Query({ schema: messageListQuery }) query: MessageListQuery,
    @Caller() caller: Identity,
  ): Promise<Page<MessageView>> {
    const businessId = caller.businessId ?? undefined;
    const page = await this.messages.list({ ...toMessageFilter(query), businessId }, toPage(query));
    const isShown = showsLinks(this.config);
    return { ...page, data: page.data.map((message) => toMessageView(message, isShown)) };
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Returns(messageView, { description: 'The notification, due at once' })
  async retry(@Param('id', { schema: uuid() }) id: string, @Caller() caller: Identity): Promise<MessageView> {
    return toMessageView(await this.retryMessage.execute(id, caller), showsLinks(this.config));
  }
}
