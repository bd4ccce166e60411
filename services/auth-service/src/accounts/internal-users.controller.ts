import { Controller, Get, Param } from '@nestjs/common';
import { InternalOnly, Returns, uuid } from '@reseller/http';
import { AccountQueries } from './account.queries.js';
import { internalUserView, toInternalUserView } from './accounts.schemas.js';

@InternalOnly()
@Controller('internal/users')
export class InternalUsersController {
  constructor(private readonly accounts: AccountQueries) {}

  @Get(':id')
  @Returns(internalUserView)
  async one(@Param('id', { schema: uuid() }) id: string) {
    return toInternalUserView(await this.accounts.byId(id));
  }
}
