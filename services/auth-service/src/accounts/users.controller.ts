import { Body, Controller, Get, Headers, Param, Patch, UseInterceptors } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, EtagOfVersion, expectedVersionOf, Returns, uuid, type Identity } from '@reseller/http';
import { AccountQueries } from './account.queries.js';
import { toUserView, updateProfileBody, userView, type UpdateProfileBody } from './accounts.schemas.js';
import { UpdateProfile } from './update-profile.js';

@ApiTags('Users')
@UseInterceptors(EtagOfVersion)
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
    @Param('id', { schema: uuid() }) userId: string,
    @Body({ schema: updateProfileBody }) { version, ...changes }: UpdateProfileBody,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ) {
    const expectedVersion = expectedVersionOf(ifMatch, version);
    return toUserView(await this.updateProfile.execute({ userId, changes, expectedVersion }, caller));
  }
}
