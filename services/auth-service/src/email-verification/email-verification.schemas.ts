import { z } from 'zod';
import { mailedToken } from '../mailed-links/mailed-links.schemas.js';

export const verifyEmailBody = z.strictObject({ token: mailedToken() });
export type VerifyEmailBody = z.infer<typeof verifyEmailBody>;

export const verifiedView = z.object({ emailVerified: z.literal(true) }).meta({ id: 'EmailVerified' });
