import { Body, Controller, Get, Headers, Param, Patch, Query, UseInterceptors } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, EtagOfVersion, expectedVersionOf, Returns, Roles, toPage, uuid, type Identity } from '@reseller/http';
import { AccountQueries } from '../accounts/account.queries.js';
import { toUserView, userView } from '../accounts/accounts.schemas.js';
import { UpdateUser } from './update-user.js';
import { UserQueries } from './user.queries.js';
import {
  listUsersQuery,
  updateUserBody,
  userPage,
  type ListUsersQuery,
  type UpdateUserBody,
} from './users-admin.schemas.js';

@ApiTags('Users')
@UseInterceptors(EtagOfVersion)
@Roles('ADMIN')
@Controller('admin/users')
export class UsersAdminController {
  constructor(
    private readonly users: UserQueries,
    private readonly accounts: AccountQueries,
    private readonly updateUser: UpdateUser,
  ) {}

  @Get()
  @Returns(userPage)
  async list(@Query({ schema: listUsersQuery }) query: ListUsersQuery, @Caller() caller: Identity) {
    const page = await this.users.list(query, toPage(query), caller);
    return { ...page, data: page.data.map(toUserView) };
  }

  @Get(':id')
  @Returns(userView)
  async one(@Param('id', { schema: uuid() }) id: string, @Caller() caller: Identity) {
    return toUserView(await this.accounts.visible(id, caller));
  }

  @Patch(':id')
  @Returns(userView)
  async update(
    @Param('id', { schema: uuid() }) id: string,
    @Body({ schema: updateUserBody }) { version, ...command }: UpdateUserBody,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ) {
    const expectedVersion = expectedVersionOf(ifMatch, version);
    return toUserView(await this.updateUser.execute(id, { ...command, expectedVersion }, caller));
  }
}
