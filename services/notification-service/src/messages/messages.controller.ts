import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  Caller,
  requireSelfOrAdmin,
  requireUser,
  Returns,
  toPage,
  uuid,
  type Identity,
  type Page,
} from '@reseller/http';
import { CONFIG, showsLinks, type NotificationServiceConfig } from '../notification-service.config.js';
import { FindMessage } from './find-message.js';
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

@ApiTags('notifications')
@Controller('notifications')
export class MessagesController {
  constructor(
    private readonly messages: MessageQueries,
    private readonly findMessage: FindMessage,
    @Inject(CONFIG) private readonly config: NotificationServiceConfig,
  ) {}

  @Get()
  @Returns(messagePage, { description: 'One’s own notifications, or for an administrator all' })
  async list(
    @Query({ schema: messageListQuery }) query: MessageListQuery,
    @Caller() caller: Identity,
  ): Promise<Page<MessageView>> {
    const self = requireUser(caller);
    const userId = caller.isAdmin ? query.userId : (query.userId ?? self);
    if (userId !== undefined) requireSelfOrAdmin(caller, userId);
    // One's own are found whatever business they belong to.
    const businessId = caller.isAdmin && userId !== self ? (caller.businessId ?? undefined) : undefined;
    const page = await this.messages.list({ ...toMessageFilter(query), userId, businessId }, toPage(query));
    const isShown = showsLinks(this.config);
    return { ...page, data: page.data.map((message) => toMessageView(message, isShown)) };
  }

  @Get(':id')
  @Returns(messageView, { description: 'One notification' })
  async show(@Param('id', { schema: uuid() }) id: string, @Caller() caller: Identity): Promise<MessageView> {
    return toMessageView(await this.findMessage.execute(id, caller), showsLinks(this.config));
  }
}
