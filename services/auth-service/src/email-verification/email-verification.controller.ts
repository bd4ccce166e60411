import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Public, Returns, type Identity } from '@reseller/http';
import { messageView } from '../passwords/passwords.schemas.js';
import { verifiedView, verifyEmailBody, type VerifyEmailBody } from './email-verification.schemas.js';
import { RequestEmailVerification } from './request-email-verification.js';
import { VerifyEmail } from './verify-email.js';

@ApiTags('Authentication')
@Controller('auth')
export class EmailVerificationController {
  constructor(
    private readonly verifyEmail: VerifyEmail,
    private readonly requestEmailVerification: RequestEmailVerification,
  ) {}

  @Post('verify-email')
  @HttpCode(200)
  @Public()
  @Returns(verifiedView)
  async verify(@Body({ schema: verifyEmailBody }) { token }: VerifyEmailBody) {
    await this.verifyEmail.execute(token);
    return { emailVerified: true };
  }

  @Post('resend-verification')
  @HttpCode(202)
  @Returns(messageView, { status: 202, description: 'A new link is on its way' })
  async resend(@Caller() caller: Identity) {
    await this.requestEmailVerification.execute(caller);
    return { message: 'A link to verify your email is on its way.' };
  }
}
