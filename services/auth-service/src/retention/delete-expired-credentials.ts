import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';

const BATCH = 1_000;

/**
 * What no longer opens anything goes. Used refresh tokens may go after an hour: a token of a living sign-in that is not
 * there counts as used. Ended sign-ins and spent links stay a while for those who ask what happened.
 */
const EXPIRED = [
  ['refresh_tokens', 'token_hash', `used_at < now() - interval '1 hour'`],
  ['sessions', 'id', `expires_at < now() - interval '7 days' or revoked_at < now() - interval '30 days'`],
  ['mailed_links', 'id', `expires_at < now() - interval '30 days'`],
  ['sign_in_throttles', 'key', `last_failed_at < now() - interval '1 day' and coalesce(blocked_until, now()) <= now()`],
  ['known_networks', 'key', `last_seen_at < now() - interval '90 days'`],
] as const;

@Injectable()
export class DeleteExpiredCredentials {
  constructor(private readonly database: Database) {}

  /** Deletes one batch of each kind, in short statements that hold nobody up. @returns how many rows went. */
  async execute(): Promise<number> {
    let deleted = 0;
    for (const [table, key, condition] of EXPIRED) {
      const rows = await this.database.query(
        `delete from ${table} where ${key} = any (array(
           select ${key} from ${table} where ${condition} limit ${BATCH} for update skip locked)) returning 1 as gone`,
      );
      deleted += rows.length;
    }
    return deleted;
  }
}
