import type { Role, ServiceName } from '@reseller/contracts';

/** `everyone` may come without a token; `signed-in` needs one; roles need one with that role. */
export type WhoMayCall = 'everyone' | 'signed-in' | readonly Role[];

/**
 * `general`: the default. `credentials`: what a password guesser would call. `payments`: what moves money.
 * `none`: Razorpay's webhooks, which have a lane of their own, because a day of 429s would switch them off.
 */
export type Limit = 'general' | 'credentials' | 'payments' | 'none';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Route {
  readonly methods: readonly Method[];
  /** Exact, or ending in `/*` for everything below (and the path itself). */
  readonly path: string;
  readonly service: ServiceName;
  readonly who: WhoMayCall;
  readonly limit: Limit;
  /** Asks, although it is a POST: what is kept of the service's answers stays true. */
  readonly isQuestion?: boolean;
  /** Takes whole files: a larger body, and more time to send it. */
  readonly isBulk?: boolean;
  /** Answers with events for as long as the caller stays: limits as for the others when it begins, and a lane of its own. */
  readonly stream?: true;
}

const READ = ['GET'] as const;
const CREATE = ['POST'] as const;
const WRITE = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;
const ANY = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const ADMIN = ['ADMIN'] as const;

const route = (
  methods: readonly Method[],
  path: string,
  service: ServiceName,
  who: WhoMayCall,
  limit: Limit = 'general',
  more: Pick<Route, 'isQuestion' | 'isBulk' | 'stream'> = {},
): Route => ({ methods, path, service, who, limit, ...more });

/**
 * Everything that passes the gateway; what is not here is 404. A more specific path wins over a wildcard. Services check
 * again, and finer (whose order is it?): this table keeps out what could never be right.
 */
export const ROUTES: readonly Route[] = [
  route(CREATE, '/auth/register', 'auth', 'everyone', 'credentials'),
  route(CREATE, '/auth/login', 'auth', 'everyone', 'credentials'),
  route(CREATE, '/auth/forgot-password', 'auth', 'everyone', 'credentials'),
  route(CREATE, '/auth/reset-password', 'auth', 'everyone', 'credentials'),
  route(CREATE, '/auth/verify-email', 'auth', 'everyone', 'credentials'),
  route(CREATE, '/auth/refresh', 'auth', 'everyone'),
  route(CREATE, '/auth/logout', 'auth', 'everyone'),
  route(CREATE, '/auth/change-password', 'auth', 'signed-in', 'credentials'),
  route(ANY, '/auth/*', 'auth', 'signed-in'),
  route(ANY, '/users/*', 'auth', 'signed-in'),
  route(ANY, '/addresses/*', 'auth', 'signed-in'),
  route(ANY, '/customers/*', 'auth', ADMIN),
  route(CREATE, '/customers/bulk', 'auth', ADMIN, 'general', { isBulk: true }),
  route(ANY, '/businesses/*', 'auth', ADMIN),
  route(ANY, '/tenants/*', 'auth', ADMIN),
  route(ANY, '/admin/users/*', 'auth', ADMIN),
  route(READ, '/admin/audit-logs/*', 'auth', ADMIN),

  route(READ, '/products/*', 'product', 'everyone'),
  route(READ, '/products/export.csv', 'product', ADMIN),
  route(CREATE, '/products/import', 'product', ADMIN, 'general', { isBulk: true }),
  route(WRITE, '/products/*', 'product', ADMIN),
  route(READ, '/categories/*', 'product', 'everyone'),
  route(WRITE, '/categories/*', 'product', ADMIN),
  route(CREATE, '/inventory/availability', 'product', 'everyone', 'general', { isQuestion: true }),
  route(CREATE, '/inventory/import', 'product', ADMIN, 'general', { isBulk: true }),
  route(ANY, '/inventory/*', 'product', ADMIN),
  route(READ, '/reservations/*', 'product', ADMIN),
  route(READ, '/stock/*', 'product', 'everyone'),

  route(CREATE, '/pricing/calculate', 'pricing', 'everyone'),
  route(CREATE, '/pricing/validate-margin', 'pricing', 'everyone'),
  route(READ, '/pricing/product/*', 'pricing', 'everyone'),
  route(ANY, '/pricing/*', 'pricing', ADMIN),

  route(CREATE, '/orders', 'order', 'everyone', 'payments'),
  route(READ, '/orders', 'order', 'signed-in'),
  route(READ, '/orders/:id/stream', 'order', 'everyone', 'general', { stream: true }),
  route(ANY, '/orders/*', 'order', 'everyone'),
  route(READ, '/orders/admin/*', 'order', ADMIN),
  route(ANY, '/admin/orders/*', 'order', ADMIN),

  route(CREATE, '/orders/verify-payment', 'payment', 'everyone', 'payments'),
  route(CREATE, '/payments', 'payment', 'everyone', 'payments'),
  route(CREATE, '/payments/razorpay/create-order', 'payment', 'everyone', 'payments'),
  route(CREATE, '/payments/verify', 'payment', 'everyone', 'payments'),
  route(READ, '/payments', 'payment', 'signed-in'),
  route(READ, '/payments/*', 'payment', 'everyone'),
  route(READ, '/payments/analytics', 'payment', ADMIN),
  route(WRITE, '/payments/*', 'payment', ADMIN, 'payments'),
  route(READ, '/refunds', 'payment', 'signed-in'),
  route(READ, '/refunds/*', 'payment', 'everyone'),
  route(ANY, '/admin/payments/*', 'payment', ADMIN),
  route(ANY, '/admin/refunds/*', 'payment', ADMIN),
  route(CREATE, '/payments/webhook', 'payment', 'everyone', 'none'),
  route(CREATE, '/webhooks/razorpay', 'payment', 'everyone', 'none'),
  route(CREATE, '/orders/webhook/razorpay', 'payment', 'everyone', 'none'),

  route(READ, '/wallets/*', 'wallet', 'signed-in'),
  route(WRITE, '/wallets/*', 'wallet', 'signed-in', 'payments'),

  route(READ, '/share-links', 'share-link', 'signed-in'),
  route(READ, '/share-links/*', 'share-link', 'everyone'),
  route(WRITE, '/share-links/*', 'share-link', ['RESELLER', 'ADMIN']),
  route(READ, '/share/*', 'share-link', 'everyone'),

  route(ANY, '/notifications/*', 'notification', 'signed-in'),
  route(READ, '/admin/notifications/stream', 'notification', ADMIN, 'general', { stream: true }),
  route(ANY, '/admin/notifications/*', 'notification', ADMIN),
];

export interface Entry {
  readonly method: Method;
  readonly url: string;
  readonly route: Route;
}

/** The table as single entries: a wildcard also answers for its own root, unless a row names that root exactly. */
export function entriesOf(routes: readonly Route[]): readonly Entry[] {
  const exact = routes.filter(({ path }) => !path.endsWith('/*'));
  const named = new Set(exact.flatMap(({ methods, path }) => methods.map((method) => `${method} ${path}`)));
  return routes.flatMap((row) =>
    row.methods.flatMap((method) => {
      const root = row.path.endsWith('/*') ? row.path.slice(0, -2) : undefined;
      const urls = root === undefined || named.has(`${method} ${root}`) ? [row.path] : [root, row.path];
      return urls.map((url) => ({ method, url, route: row }));
    }),
  );
}
