import type { FastifyInstance } from 'fastify';
import { refused } from './razorpay-error.js';
import { secretsMatch } from './signatures.js';

/** Asks for `key_id:key_secret` on every route of the scope, as Razorpay's API does. */
export function requireKeys(scope: FastifyInstance, keyId: string, keySecret: string): void {
  scope.addHook('onRequest', async (request) => {
    const [scheme = '', credentials = ''] = (request.headers.authorization ?? '').split(' ');
    const given = Buffer.from(credentials, 'base64').toString('utf8');
    if (scheme.toLowerCase() !== 'basic' || !secretsMatch(given, `${keyId}:${keySecret}`)) {
      throw refused('Authentication failed', 401);
    }
  });
}
