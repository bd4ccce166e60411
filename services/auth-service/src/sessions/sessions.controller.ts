import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Public, Returns, type Identity } from '@reseller/http';
import { ClientAddress } from './client-address.js';
import { RotateRefreshToken } from './rotate-refresh-token.js';
import {
  loginBody,
  logoutBody,
  refreshBody,
  signedInView,
  signedOutView,
  toSignedInView,
  type LoginBody,
  type LogoutBody,
  type RefreshBody,
} from './sessions.schemas.js';
import { SignIn } from './sign-in.js';
import { SignOut } from './sign-out.js';

@ApiTags('Authentication')
@Controller('auth')
export class SessionsController {
  constructor(
    private readonly signIn: SignIn,
    private readonly rotateRefreshToken: RotateRefreshToken,
    private readonly signOut: SignOut,
  ) {}

  @Post('login')
  @HttpCode(200)
  @Public()
  @Returns(signedInView)
  async login(@Body({ schema: loginBody }) body: LoginBody, @ClientAddress() clientAddress: string) {
    return toSignedInView(await this.signIn.execute({ ...body, clientAddress }));
  }

  @Post('refresh')
  @HttpCode(200)
  @Public()
  @Returns(signedInView)
  async refresh(@Body({ schema: refreshBody }) body: RefreshBody) {
    return toSignedInView(await this.rotateRefreshToken.execute(body.refreshToken));
  }

  @Post('logout')
  @HttpCode(200)
  @Public()
  @Returns(signedOutView)
  async logout(@Body({ schema: logoutBody }) body: LogoutBody, @Caller() caller: Identity) {
    return { endedSessions: await this.signOut.execute(body ?? { everywhere: false }, caller) };
  }
}
