import { Controller, Get, Param, Query } from '@nestjs/common';
import { InternalOnly, Returns, uuid } from '@reseller/http';
import { AccountQueries } from './account.queries.js';
import {
  countUsersQuery,
  internalUserView,
  toInternalUserView,
  userCountView,
  type CountUsersQuery,
} from './accounts.schemas.js';

/** Also for whoever has routes that ask whether an administrator still is one. */
@InternalOnly('order', 'payment', 'wallet', 'product', 'pricing', 'share-link', 'notification')
@Controller('internal/users')
export class InternalUsersController {
  constructor(private readonly accounts: AccountQueries) {}

  /** Of one business, whom its administrators see; without one, everybody. */
  @Get('count')
  @Returns(userCountView)
  async count(@Query({ schema: countUsersQuery }) { businessId }: CountUsersQuery) {
    return { count: await this.accounts.count(businessId ?? null) };
  }

  @Get(':id')
  @Returns(internalUserView)
  async one(@Param('id', { schema: uuid() }) id: string) {
    return toInternalUserView(await this.accounts.byId(id));
  }
}
