import { z } from 'zod';
import { uuid } from '@reseller/http';

/** The token of a mailed link, as it comes back from whoever got the mail. */
export const mailedToken = () => z.string().trim().min(1).max(200);

export const redeemBody = z.strictObject({ reference: uuid() });
export type RedeemBody = z.infer<typeof redeemBody>;

const recipient = { email: z.string(), firstName: z.string().nullable() };

export const redeemedResetView = z.object({ ...recipient, resetUrl: z.url() });
export const redeemedVerificationView = z.object({ ...recipient, verifyUrl: z.url() });
