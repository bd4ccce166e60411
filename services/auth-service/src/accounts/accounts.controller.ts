import { Body, Controller, Get, Headers, Patch, Post, UseInterceptors } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, EtagOfVersion, expectedVersionOf, Public, requireUser, Returns, type Identity } from '@reseller/http';
import { signedInView, toSignedInView } from '../sessions/sessions.schemas.js';
import { AccountQueries } from './account.queries.js';
import {
  registerBody,
  toUserView,
  updateProfileBody,
  userView,
  type RegisterBody,
  type UpdateProfileBody,
} from './accounts.schemas.js';
import { RegisterAccount } from './register-account.js';
import { UpdateProfile } from './update-profile.js';

@ApiTags('Authentication')
@UseInterceptors(EtagOfVersion)
@Controller('auth')
export class AccountsController {
  constructor(
    private readonly registerAccount: RegisterAccount,
    private readonly updateProfile: UpdateProfile,
    private readonly accounts: AccountQueries,
  ) {}

  @Post('register')
  @Public()
  @Returns(signedInView, { status: 201, description: 'The account is open and signed in' })
  async register(@Body({ schema: registerBody }) body: RegisterBody, @Caller() caller: Identity) {
    return toSignedInView(await this.registerAccount.execute(body, caller));
  }

  @Get('me')
  @Returns(userView)
  async me(@Caller() caller: Identity) {
    return toUserView(await this.accounts.signedIn(caller));
  }

  @Patch('me')
  @Returns(userView)
  async updateMe(
    @Body({ schema: updateProfileBody }) { version, ...changes }: UpdateProfileBody,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ) {
    const expectedVersion = expectedVersionOf(ifMatch, version);
    return toUserView(
      await this.updateProfile.execute({ userId: requireUser(caller), changes, expectedVersion }, caller),
    );
  }
}
