import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database, type Sql } from '@reseller/persistence';
import { rateLimited } from '@reseller/runtime';
import { CONFIG, type AuthServiceConfig } from '../auth-service.config.js';

/*
 * Failed sign-ins are counted per account and per network in the database, where all instances see them. Beyond the free
 * ones each further failure doubles the wait, up to a ceiling, and a quiet half hour forgets them: nobody is locked out
 * for good, so failing on purpose at somebody else's account delays them by minutes at most. Keys are keyed hashes: the
 * table names neither people nor places, and an unknown email is counted like a known one.
 */
const ACCOUNT_WAIT_MAX_SECONDS = 300;
const ADDRESS_WAIT_MAX_SECONDS = 900;
const STALE = `t.last_failed_at < now() - interval '30 minutes'`;

const COUNT_FAILURE = `insert into sign_in_throttles as t (key, failures, last_failed_at) values ($1, 1, now())
  on conflict (key) do update set
    failures = case when ${STALE} then 1 else least(t.failures + 1, 1000000) end,
    last_failed_at = now(),
    blocked_until = case when not (${STALE}) and t.failures >= $2::int
      then now() + least($3::int, power(2, least(t.failures - $2::int, 20))) * interval '1 second' end
  returning blocked_until is not null as blocked`;

const LONGEST_WAIT = `select ceil(extract(epoch from max(blocked_until) - now()))::int as seconds
  from sign_in_throttles where key = any($1::text[]) and blocked_until > now()`;

export interface SignInKeys {
  readonly accountKey: string;
  readonly addressKey: string;
}

@Injectable()
export class SignInThrottle {
  private readonly hashKey: Buffer;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: AuthServiceConfig,
  ) {
    this.hashKey = createHmac('sha256', config.JWT_SECRET).update('sign-in-throttle').digest();
  }

  keysOf(email: string, clientAddress: string): SignInKeys {
    const hashed = (text: string): string => createHmac('sha256', this.hashKey).update(text).digest('base64url');
    return { accountKey: `account:${hashed(email)}`, addressKey: `address:${hashed(clientAddress)}` };
  }

  /** @throws 429 RATE_LIMITED with Retry-After while the account or the network has to wait; the password is not looked at. */
  async requireOpen({ accountKey, addressKey }: SignInKeys): Promise<void> {
    const [row] = await this.database.query<{ seconds: number | null }>(LONGEST_WAIT, [[accountKey, addressKey]]);
    const retryAfterSeconds = row?.seconds ?? 0;
    if (retryAfterSeconds > 0) {
      throw rateLimited('RATE_LIMITED', `Too many failed attempts. Try again in ${retryAfterSeconds} s.`, {
        retryAfterSeconds,
      });
    }
  }

  /** @returns whether the account or the network has to wait from now on. */
  async countFailure({ accountKey, addressKey }: SignInKeys): Promise<boolean> {
    const { SIGN_IN_FREE_FAILURES_PER_ACCOUNT: perAccount, SIGN_IN_FREE_FAILURES_PER_ADDRESS: perAddress } =
      this.config;
    const blocked = await Promise.all([
      this.count(accountKey, perAccount, ACCOUNT_WAIT_MAX_SECONDS),
      this.count(addressKey, perAddress, ADDRESS_WAIT_MAX_SECONDS),
    ]);
    return blocked.includes(true);
  }

  /** After the right password. The network's count stays: one own account must not reset a search through others. */
  async forgetFailures(sql: Sql, { accountKey }: Pick<SignInKeys, 'accountKey'>): Promise<void> {
    await sql.query('delete from sign_in_throttles where key = $1', [accountKey]);
  }

  private async count(key: string, free: number, waitMaxSeconds: number): Promise<boolean> {
    const [row] = await this.database.query<{ blocked: boolean }>(COUNT_FAILURE, [key, free, waitMaxSeconds]);
    return row?.blocked === true;
  }
}
