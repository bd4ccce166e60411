import { createHmac } from 'node:crypto';
import type { Session } from './shop.js';

/** `Authorization` headers made of an administrator's session, none of which we signed or still honour. */
export function forgedTokens(
  { accessToken, refreshToken }: Session,
  secrets: Readonly<Record<string, string>>,
): Record<string, string> {
  const [header = '', claims = '', signature = ''] = accessToken.split('.');
  const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const decoded = JSON.parse(Buffer.from(claims, 'base64url').toString()) as object;
  const signedWith = (secret: string | Buffer, payload: string, head = header): string =>
    `Bearer ${head}.${payload}.${createHmac('sha256', secret).update(`${head}.${payload}`).digest('base64url')}`;
  const ours = secrets['JWT_SECRET'] ?? '';
  const past = Math.floor(Date.now() / 1_000) - 3_600;
  return {
    'another secret': signedWith('a'.repeat(43), claims),
    'no secret': signedWith('', claims),
    'the identity key as secret': signedWith(Buffer.from(secrets['IDENTITY_PUBLIC_KEY'] ?? '', 'base64'), claims),
    'alg none': `Bearer ${encoded({ alg: 'none', typ: 'JWT' })}.${claims}.`,
    'alg none, signed': `Bearer ${encoded({ alg: 'none', typ: 'JWT' })}.${claims}.${signature}`,
    'other claims': `Bearer ${header}.${encoded({ ...decoded, roles: ['ADMIN'], extra: true })}.${signature}`,
    expired: signedWith(ours, encoded({ ...decoded, iat: past - 900, exp: past })),
    'not a token': 'Bearer <access_token>',
    'an empty token': 'Bearer ',
    'another scheme': `Basic ${Buffer.from('admin@example.com:password123').toString('base64')}`,
    'a refresh token': `Bearer ${refreshToken}`,
  };
}
