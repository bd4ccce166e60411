import { Body, Controller, Get, Param, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Returns, uuid, type Identity } from '@reseller/http';
import { AccountQueries } from './account.queries.js';
import { toUserView, updateProfileBody, userView, type UpdateProfileBody } from './accounts.schemas.js';
import { UpdateProfile } from './update-profile.js';

@ApiTags('Users')
@Controller('users')
export class UsersController {
  constructor(
    private readonly accounts: AccountQueries,
    private readonly updateProfile: UpdateProfile,
  ) {}

  @Get(':id')
  @Returns(userView)
  async one(@Param('id', { schema: uuid() }) id: string, @Caller() caller: Identity) {
    return toUserView(await this.accounts.visible(id, caller));
  }

  @Patch(':id')
  @Returns(userView)
  async update(
    @Param('id', { schema: uuid() }) id: string,
    @Body({ schema: updateProfileBody }) body: UpdateProfileBody,
    @Caller() caller: Identity,
  ) {
    return toUserView(await this.updateProfile.execute(id, body, caller));
  }
}
