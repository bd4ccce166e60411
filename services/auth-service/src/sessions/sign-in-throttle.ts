import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database, type Sql } from '@reseller/persistence';
import { rateLimited } from '@reseller/runtime';
import { CONFIG, type AuthServiceConfig } from '../auth-service.config.js';

/*
 * Failed sign-ins are counted in the database, where all instances see them: at an account from one network, at an account
 * from anywhere, and from a network at any account. Beyond the free ones each further failure doubles the wait, up to a
 * ceiling, and a quiet half hour forgets them.
 *
 * Whoever fails on purpose at somebody else's account must not keep its owner out. The count of one network concerns that
 * network alone. The count from anywhere, which slows a guesser with many addresses, does not concern networks where the
 * right password was given within 90 days, or the password was reset by mail: so the owner gets in from where they always
 * do, and by a reset from everywhere else. Who shares a network with the guesser waits with them, five minutes at most each
 * time.
 *
 * Keys are keyed hashes: the tables name neither people nor places, and an unknown email is counted like a known one.
 */
const CLIENT_WAIT_MAX_SECONDS = 300;
const ACCOUNT_WAIT_MAX_SECONDS = 60;
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
  from sign_in_throttles where blocked_until > now() and (key = $1 or key = $2 or key = $3 and not exists (
    select 1 from known_networks where key = $1 and last_seen_at > now() - interval '90 days'))`;

// Once a day is enough, so that many sign-ins at once do not wait for each other's row.
const WELCOME = `with forgotten as (delete from sign_in_throttles where key = $1)
  insert into known_networks (key, last_seen_at) select $1, now() where not exists (
    select 1 from known_networks where key = $1 and last_seen_at > now() - interval '1 day')
  on conflict (key) do update set last_seen_at = now()`;

export interface SignInKeys {
  /** The account from this network. */
  readonly clientKey: string;
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
    return {
      clientKey: `client:${hashed(`${email}\n${clientAddress}`)}`,
      accountKey: `account:${hashed(email)}`,
      addressKey: `address:${hashed(clientAddress)}`,
    };
  }

  /** @throws 429 RATE_LIMITED with Retry-After while the account or the network has to wait; the password is not looked at. */
  async requireOpen({ clientKey, accountKey, addressKey }: SignInKeys): Promise<void> {
    const [row] = await this.database.query<{ seconds: number | null }>(LONGEST_WAIT, [
      clientKey,
      addressKey,
      accountKey,
    ]);
    const retryAfterSeconds = row?.seconds ?? 0;
    if (retryAfterSeconds > 0) {
      throw rateLimited('RATE_LIMITED', `Too many failed attempts. Try again in ${retryAfterSeconds} s.`, {
        retryAfterSeconds,
      });
    }
  }

  /** @returns whether the account or the network has to wait from now on. */
  async countFailure({ clientKey, accountKey, addressKey }: SignInKeys): Promise<boolean> {
    const {
      SIGN_IN_FREE_FAILURES_PER_CLIENT: perClient,
      SIGN_IN_FREE_FAILURES_PER_ACCOUNT: perAccount,
      SIGN_IN_FREE_FAILURES_PER_ADDRESS: perAddress,
    } = this.config;
    const blocked = await Promise.all([
      this.count(clientKey, perClient, CLIENT_WAIT_MAX_SECONDS),
      this.count(accountKey, perAccount, ACCOUNT_WAIT_MAX_SECONDS),
      this.count(addressKey, perAddress, ADDRESS_WAIT_MAX_SECONDS),
    ]);
    return blocked.includes(true);
  }

  /**
   * After the right password, or a reset by mail: this network is the owner's. What failed elsewhere stays counted, and so
   * does the network's search through others: one own account must not reset it.
   */
  async welcome(sql: Sql, { clientKey }: Pick<SignInKeys, 'clientKey'>): Promise<void> {
    await sql.query(WELCOME, [clientKey]);
  }

  private async count(key: string, free: number, waitMaxSeconds: number): Promise<boolean> {
    const [row] = await this.database.query<{ blocked: boolean }>(COUNT_FAILURE, [key, free, waitMaxSeconds]);
    return row?.blocked === true;
  }
}
