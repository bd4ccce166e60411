import type { EmailVerified, EventOf, UserRegistered } from '@reseller/contracts';
import { greeting } from './phrases.js';
import type { Wording } from './wording.js';

export const WELCOME = 'welcome';

export function welcome({ data }: EventOf<typeof UserRegistered>): Wording {
  const hasLink = data.emailVerificationReference !== null;
  const isReseller = data.roles.includes('RESELLER');
  return {
    template: WELCOME,
    category: 'ACCOUNT',
    email: {
      subject: 'Welcome',
      paragraphs: [
        greeting(data.firstName),
        isReseller
          ? 'your reseller account is open. Share a product with your own price, and earn on every sale.'
          : 'your account is open.',
        ...(hasLink ? ['Please confirm that this email address is yours.'] : []),
      ],
      facts: [],
      action: hasLink ? { label: 'Confirm email address', url: null } : null,
    },
  };
}

export const emailVerified = ({ data }: EventOf<typeof EmailVerified>): Wording => ({
  template: 'email-verified',
  category: 'ACCOUNT',
  email: {
    subject: 'Your email address is confirmed',
    paragraphs: [
      greeting(null),
      `${data.email} now belongs to your account. Orders that were placed with it without signing in have joined it.`,
    ],
    facts: [],
    action: null,
  },
});

export const verifyEmail = (): Wording => ({
  template: 'verify-email',
  category: 'ACCOUNT',
  email: {
    subject: 'Confirm your email address',
    paragraphs: [greeting(null), 'please confirm that this email address is yours. The link works once.'],
    facts: [],
    action: { label: 'Confirm email address', url: null },
  },
});

export const resetPassword = (): Wording => ({
  template: 'reset-password',
  category: 'ACCOUNT',
  email: {
    subject: 'Reset your password',
    paragraphs: [
      greeting(null),
      'somebody, hopefully you, asked for a new password. The link works once. If it was not you, there is nothing to do: your password stays as it is.',
    ],
    facts: [],
    action: { label: 'Choose a new password', url: null },
  },
});
