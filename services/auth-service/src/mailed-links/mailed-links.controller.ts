import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { InternalOnly, Returns } from '@reseller/http';
import { redeemBody, redeemedResetView, redeemedVerificationView, type RedeemBody } from './mailed-links.schemas.js';
import { RedeemMailedLink } from './redeem-mailed-link.js';

/** Only notification sends mail: no other service has a reason to hold a link that opens an account. */
@InternalOnly('notification')
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
