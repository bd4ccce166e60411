import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Public, Returns, type Identity } from '@reseller/http';
import { ClientAddress } from '../sessions/client-address.js';
import { ChangePassword } from './change-password.js';
import {
  changePasswordBody,
  forgotPasswordBody,
  messageView,
  resetPasswordBody,
  type ChangePasswordBody,
  type ForgotPasswordBody,
  type ResetPasswordBody,
} from './passwords.schemas.js';
import { RequestPasswordReset } from './request-password-reset.js';
import { ResetPassword } from './reset-password.js';

@ApiTags('Authentication')
@Controller('auth')
export class PasswordsController {
  constructor(
    private readonly changePassword: ChangePassword,
    private readonly requestPasswordReset: RequestPasswordReset,
    private readonly resetPassword: ResetPassword,
  ) {}

  @Post('change-password')
  @HttpCode(200)
  @Returns(messageView)
  async change(
    @Body({ schema: changePasswordBody }) body: ChangePasswordBody,
    @Caller() caller: Identity,
    @ClientAddress() clientAddress: string,
  ) {
    await this.changePassword.execute({ ...body, clientAddress }, caller);
    return { message: 'The password has been changed and every other sign-in ended.' };
  }

  @Post('forgot-password')
  @HttpCode(202)
  @Public()
  @Returns(messageView, { status: 202, description: 'The same answer whether there is such an account or not' })
  async forgot(@Body({ schema: forgotPasswordBody }) { email }: ForgotPasswordBody) {
    await this.requestPasswordReset.execute(email);
    return { message: 'If there is an account with this email, a link to reset its password is on its way.' };
  }

  @Post('reset-password')
  @HttpCode(200)
  @Public()
  @Returns(messageView)
  async reset(
    @Body({ schema: resetPasswordBody }) { token, newPassword }: ResetPasswordBody,
    @ClientAddress() clientAddress: string,
  ) {
    await this.resetPassword.execute(token, newPassword, clientAddress);
    return { message: 'The password has been changed. Sign in with it.' };
  }
}
