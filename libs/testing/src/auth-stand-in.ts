import { problem, StandIn } from './stand-in.js';

/**
 * The auth service, as far as live checks of administrators go: everybody is an active administrator, but who has been
 * dismissed.
 */
export type AuthStandIn = StandIn & { readonly dismissed: Set<string> };

const USER = '/internal/users/';

export async function authStandIn(): Promise<AuthStandIn> {
  const dismissed = new Set<string>();
  const standIn = await StandIn.start(({ path }) => {
    if (!path.startsWith(USER)) return problem(404, 'NOT_FOUND');
    const roles = dismissed.has(path.slice(USER.length)) ? ['CUSTOMER'] : ['ADMIN'];
    return { status: 200, body: { roles, isActive: true } };
  });
  return Object.assign(standIn, { dismissed });
}
