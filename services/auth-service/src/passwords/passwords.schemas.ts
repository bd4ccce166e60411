import { z } from 'zod';
import { accountEmail } from '../accounts/email-address.js';
import { mailedToken } from '../mailed-links/mailed-links.schemas.js';
import { givenPassword, newPassword } from './password.schema.js';

export const changePasswordBody = z.strictObject({ currentPassword: givenPassword(), newPassword: newPassword() });
export type ChangePasswordBody = z.infer<typeof changePasswordBody>;

export const forgotPasswordBody = z.strictObject({ email: accountEmail() });
export type ForgotPasswordBody = z.infer<typeof forgotPasswordBody>;

export const resetPasswordBody = z.strictObject({ token: mailedToken(), newPassword: newPassword() });
export type ResetPasswordBody = z.infer<typeof resetPasswordBody>;

export const messageView = z.object({ message: z.string() }).meta({ id: 'Message' });
