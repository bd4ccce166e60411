import { Copies } from '@reseller/persistence';
import type { Business } from '../clients/auth.client.js';
import type { ShareLink } from '../clients/share-link.client.js';
import type { Account } from './account.js';

/* What other services told of their things, kept where placing an order needs it. */

const HEARD_AT = ['heard_at'];

export const LINK_COPIES = new Copies<{ body: ShareLink }>('share_link_copies', ['body'], HEARD_AT);
export const ACCOUNT_COPIES = new Copies<{ body: Account }>('account_copies', ['body'], HEARD_AT);
export const BUSINESS_COPIES = new Copies<{ body: Business }>('business_copies', ['body'], HEARD_AT);
