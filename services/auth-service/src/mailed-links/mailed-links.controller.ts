import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { InternalOnly, Returns } from '@reseller/http';
import { redeemBody, redeemedResetView, redeemedVerificationView, type RedeemBody } from './mailed-links.schemas.js';
import { NotificationOnly } from './notification-only.guard.js';
import { RedeemMailedLink } from './redeem-mailed-link.js';

@InternalOnly()
@UseGuards(NotificationOnly)
@Controller('internal')
export class MailedLinksController {
  constructor(private readonly redeemMailedLink: RedeemMailedLink) {}

  @Post('password-resets/redeem')
  @HttpCode(200)
  @Returns(redeemedResetView)
  async redeemReset(@Body({ schema: redeemBody }) { reference }: RedeemBody) {
    const { url, ...recipient } = await this.redeemMailedLink.execute(reference, 'PASSWORD_RESET');
    return { ...recipient, resetUrl: url };
  }

  @Post('email-verifications/redeem')
  @HttpCode(200)
  @Returns(redeemedVerificationView)
  async redeemVerification(@Body({ schema: redeemBody }) { reference }: RedeemBody) {
    const { url, ...recipient } = await this.redeemMailedLink.execute(reference, 'EMAIL_VERIFICATION');
    return { ...recipient, verifyUrl: url };
  }
}
